"""Bodies into typed values, with errors that name the field in the client's own words."""

from __future__ import annotations

import json
import math
import re
from typing import Any, cast

import msgspec

from framegate.core.dialect import Problem, Trouble

JSON_LIMIT = 32_000_000
"""Bytes of a JSON body: base64 pictures may be inside."""
VALUES = 500_000
"""Lists, objects and members that a body may hold: each takes some sixty bytes of memory, however short it is."""
DIGITS = 4300
"""Digits of a whole number, as Python has it."""
PATH = re.compile(r" - at `\$(.*?)`$")
FIELD = re.compile(r"missing required field `(.+?)`|contains unknown field `(.+?)`")
EXPECTED = re.compile(r"Expected `([^`]+)`(.*?)(?:, got `([^`]+)`)?$")
NEXT = re.compile(r"([^.[]*)\.?(.*)")
NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
"""JSON's types as people call them, whatever language they write."""


def read_json(body: bytes, content_type: str) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value of a body. Raises `Trouble` MALFORMED or UNSUPPORTED_MEDIA."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in {
        "",
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
    } and not kind.endswith("+json"):
        raise Trouble(
            Problem.UNSUPPORTED_MEDIA, f"the body must be JSON (application/json), not {kind[:100]}"
        )
    if not body.strip():
        raise Trouble(Problem.MALFORMED, "the body is empty; send a JSON object")
    if len(body) > VALUES and sum(body.count(mark) for mark in b",[{") > VALUES:
        raise Trouble(Problem.TOO_LARGE, f"the body holds more than {VALUES} values")
    try:
        return msgspec.json.decode(body)
    except UnicodeDecodeError:
        raise Trouble(Problem.MALFORMED, "the body is not valid JSON: it is not in UTF-8") from None
    except msgspec.DecodeError as error:
        raise odd_number(body) or Trouble(Problem.MALFORMED, f"the body is not valid JSON: {error}") from None
    except RecursionError:
        raise Trouble(Problem.MALFORMED, "the body is nested too deeply") from None


class Odd(str):
    """A number that cannot be taken, as it was written."""

    __slots__ = ()


def odd_number(body: bytes) -> Trouble | None:
    """What is wrong with a body that is JSON but for a number: NaN or Infinity, as Python and JavaScript write them,
    or one of absurd size.
    """
    try:
        value: Any = json.loads(
            body,
            parse_constant=Odd,
            parse_float=lambda text: Odd(text) if math.isinf(float(text)) else 0.0,
            parse_int=lambda text: Odd(text) if len(text) > DIGITS else 0,
        )
    except (ValueError, RecursionError):
        return None
    left: list[tuple[str, Any]] = [("", value)]
    while left:
        path, item = left.pop()
        if isinstance(item, Odd):
            what = item if len(item) < 30 else f"{item[:20]}…"
            words = f"{path[:200] or 'the body'}: {what} is not a number that can be taken"
            return Trouble(Problem.MALFORMED, words, field=path[:200] or None)
        if isinstance(item, dict):
            pairs = cast("dict[str, Any]", item)
            left += [(f"{path}.{key}" if path else key, inner) for key, inner in pairs.items()][::-1]
        elif isinstance(item, list):
            places = cast("list[Any]", item)
            left += [(f"{path}[{place}]", inner) for place, inner in enumerate(places)][::-1]
    return None


def typed(value: Any, kind: type[Any], *, strict: bool = True) -> Any:  # noqa: ANN401 - of `kind`
    """The value as `kind`; not `strict` for forms, whose numbers are texts.

    Raises `Trouble` INVALID with the field's path, such as `options.seconds`.
    """
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise explained(str(error), kind) from None
    except RecursionError:
        raise Trouble(Problem.MALFORMED, "the body is nested too deeply") from None


def _expected(found: re.Match[str]) -> str:
    wanted = " or ".join(NAMES.get(name, name) for name in found[1].split(" | "))
    got = f", not {NAMES.get(found[3], found[3])}" if found[3] else ""
    return f"must be {wanted}{found[2]}{got}"


def explained(text: str, kind: type[Any]) -> Trouble:
    """msgspec's sentence about a value that is no `kind` as ours: which field, what was wrong, what would be right."""
    found = PATH.search(text)
    path = (found[1] if found else "").lstrip(".").replace("[...]", "")
    message = text[: found.start()] if found else text
    named = FIELD.search(message)
    if named:
        path = ".".join(part for part in (path, named[1] or named[2]) if part)
        message = "is required" if named[1] else "is not a field here"
    elif message.startswith("Invalid enum value"):
        message = f"must be one of {', '.join(choices(msgspec.inspect.type_info(kind), path))}"
    else:
        message = EXPECTED.sub(_expected, message).replace("`", "")
    where = path or "the body"
    return Trouble(Problem.INVALID, f"{where}: {message}", field=path or None)


def choices(kind: msgspec.inspect.Type, path: str) -> list[str]:
    """The words that may stand at a place such as `to[0].policy`."""
    match kind:
        case msgspec.inspect.UnionType():
            return [word for one in kind.types for word in choices(one, path)]
        case msgspec.inspect.LiteralType():
            return [str(word) for word in kind.values]
        case msgspec.inspect.EnumType():
            return [str(member.value) for member in kind.cls]
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
            return choices(kind.item_type, path.partition("]")[2].lstrip("."))
        case msgspec.inspect.DictType():
            return choices(kind.value_type, path)
        case msgspec.inspect.StructType():
            found = NEXT.fullmatch(path)
            head, rest = found.groups() if found else ("", "")
            return [
                w for field in kind.fields if field.encode_name == head for w in choices(field.type, rest)
            ]
        case _:
            return []
