"""Bodies into typed values, with errors that name the field in the client's own words."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from framegate.core.dialect import Problem, Trouble

JSON_LIMIT = 32_000_000
"""Bytes of a JSON body: base64 pictures may be inside."""
VALUES = 500_000
"""Lists, objects and members that a body may hold: each takes some sixty bytes of memory, however short it is."""
PATH = re.compile(r" - at `\$(.*?)`$")
FIELD = re.compile(r"missing required field `(.+?)`|contains unknown field `(.+?)`")


def read_json(body: bytes, content_type: str) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value of a body. Raises `Trouble` MALFORMED or UNSUPPORTED_MEDIA."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in {
        "",
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
    } and not kind.endswith("+json"):
        raise Trouble(Problem.UNSUPPORTED_MEDIA, f"the body must be JSON (application/json), not {kind}")
    if not body.strip():
        raise Trouble(Problem.MALFORMED, "the body is empty; send a JSON object")
    if len(body) > VALUES and sum(body.count(mark) for mark in b",[{") > VALUES:
        raise Trouble(Problem.TOO_LARGE, f"the body holds more than {VALUES} values")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Trouble(Problem.MALFORMED, f"the body is not valid JSON: {error}") from None
    except RecursionError:
        raise Trouble(Problem.MALFORMED, "the body is nested too deeply") from None


def typed(value: Any, kind: type[Any], *, strict: bool = True) -> Any:  # noqa: ANN401 - of `kind`
    """The value as `kind`; not `strict` for forms, whose numbers are texts.

    Raises `Trouble` INVALID with the field's path, such as `options.seconds`.
    """
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise explained(str(error)) from None
    except RecursionError:
        raise Trouble(Problem.MALFORMED, "the body is nested too deeply") from None


def explained(text: str) -> Trouble:
    """msgspec's sentence as ours: which field, what was wrong, what would be right."""
    found = PATH.search(text)
    path = (found[1] if found else "").lstrip(".")
    message = text[: found.start()] if found else text
    named = FIELD.search(message)
    if named:
        path = ".".join(part for part in (path, named[1] or named[2]) if part)
        message = "is required" if named[1] else "is not a field here"
    else:
        message = message.replace("Expected", "must be", 1).replace(", got", " and not", 1)
        message = message.replace("`", "")
    where = path or "the body"
    return Trouble(Problem.INVALID, f"{where}: {message}", field=path or None)
