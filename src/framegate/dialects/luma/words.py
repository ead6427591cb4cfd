"""What Luma's two formats have in common: how a length, a shape and a link are written, and how an answer is made.

Sources: PyPI `lumaai` 1.21.0, types; resellers of the web format, 2024.
"""

from __future__ import annotations

import re

import msgspec

from framegate.core.checks import check_aspect, check_link, check_resolution, check_seconds
from framegate.core.dialect import Trouble, invalid
from framegate.core.task import Artifact, Cause, Failure, Kind, State, Task
from framegate.core.wire import Response

SECONDS = 5.0
"""The length of a video where nothing is said: Luma's shortest, so that another vendor's model makes no longer one."""
MODEL = "ray-2"
"""The model of a video where none is named: that of its time is gone, and the SDK has named it since."""
DURATION = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*s?", re.ASCII)


def seconds_of(value: str | float | None, field: str = "duration") -> float:
    """`"5s"`, `"5"` or 5 → 5.0."""
    if value is None or value == "":
        return SECONDS
    right = f'{field} must be seconds as a text, such as "5s" or "9s"'
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if isinstance(value, str) and found is None:
        raise invalid(field, right)
    try:
        return check_seconds(float(found[1] if found else value), field) or SECONDS
    except Trouble as trouble:
        raise invalid(field, f"{right}: {trouble.message.removeprefix(f'{field} must be ')}") from None


def aspect_of(text: str | None, field: str = "aspect_ratio") -> str | None:
    return check_aspect(text, field) if text else None


def resolution_of(text: str | None, field: str = "resolution") -> str | None:
    return check_resolution(text, field) if text else None


def link_of(text: str | None, field: str) -> str | None:
    return check_link(text, field) if text else None


def failure_of(task: Task) -> Failure | None:
    """Why a task ended without a result. There is no word for a cancelled one: it has failed."""
    match task.state:
        case State.CANCELLED:
            return Failure(Cause.BROKEN, "The generation was cancelled")
        case State.EXPIRED:
            return task.failure or Failure(Cause.EXPIRED, "The generation was not finished in time")
        case State.FAILED:
            return task.failure or Failure(Cause.BROKEN, "The generation failed")
        case _:
            return None


def reason_of(failure: Failure) -> str:
    """The reason as a text. Clients tell a refusal by its words, so one by safety rules says "moderation"."""
    message = failure.message or failure.cause.value
    if failure.cause is Cause.MODERATED and not re.search("moderation|blacklist", message, re.IGNORECASE):
        return f"Prompt moderation failed: {message}"
    return message


def made(task: Task, kind: Kind) -> Artifact | None:
    """The result of a task that has succeeded."""
    done = task.artifacts if task.state is State.SUCCEEDED else ()
    return next((item for item in done if item.kind is kind), None)


def whole(text: str | None, field: str, most: int, default: int, least: int = 0) -> int:
    """A number of a query."""
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 8 and least <= int(text) <= most):
        raise invalid(field, f"{field} must be a whole number from {least} to {most}")
    return int(text)


def respond(value: object, status: int = 200) -> Response:
    return Response(
        status=status, headers={"content-type": "application/json"}, body=msgspec.json.encode(value)
    )
