"""What a client format is to us: a table of routes made of pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import msgspec

from framegate.core.task import Spec, State, Task
from framegate.core.wire import Json, Request, Response


class Problem(Enum):
    """Everything that can go wrong for a caller: (code, HTTP status, title). Each dialect has words for each."""

    UNAUTHENTICATED = ("unauthenticated", 401, "The key is missing or wrong")
    FORBIDDEN = ("forbidden", 403, "This key may not do that")
    OUT_OF_CREDIT = ("out_of_credit", 402, "The balance is too small")
    NOT_FOUND = ("not_found", 404, "There is no such thing")
    METHOD_NOT_ALLOWED = (
        "method_not_allowed",
        405,
        "This path does not take that method",
    )
    CONFLICT = ("conflict", 409, "The request contradicts an earlier one")
    TOO_LARGE = ("too_large", 413, "The body is too large")
    UNSUPPORTED_MEDIA = ("unsupported_media", 415, "The body's type is not understood")
    MALFORMED = ("malformed", 400, "The request cannot be read")
    INVALID = ("invalid", 422, "A field is wrong")
    BUSY = ("busy", 429, "Too many requests")
    UNAVAILABLE = ("unavailable", 503, "This cannot be served right now")
    INTERNAL = ("internal", 500, "The gateway failed")

    def __init__(self, code: str, status: int, title: str) -> None:
        self.code = code
        self.status = status
        self.title = title


class Trouble(Exception):
    """What we tell a caller. `field` names the offending field in the client's own words, e.g. `options.seconds`."""

    def __init__(
        self,
        problem: Problem,
        message: str,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        extra: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.extra = dict(extra or {})


def invalid(field: str, message: str) -> Trouble:
    """The commonest trouble: a field is wrong, and what would be right."""
    return Trouble(Problem.INVALID, message, field=field)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A client's request, parsed: `path` holds the path variables, `body` is of the route's body type."""

    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: Any = None
    raw: Any = None  # the JSON as it came, before typing: unknown keys are still in it


class Identity(msgspec.Struct, frozen=True):
    """Who the client says it is: an API key, or (for signed tokens) the key's public id and the token as proof."""

    key: str
    proof: str = ""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks to list, newest first. `after` is the cursor: the last id of the page before."""

    limit: int = 20
    after: str | None = None
    state: State | None = None
    model: str | None = None


class Page(msgspec.Struct, frozen=True):
    """One page of tasks; `next` is the cursor of the page that follows, or None."""

    tasks: tuple[Task, ...]
    next: str | None = None


class Slot(msgspec.Struct, frozen=True):
    """A place to upload a file to: `PUT` the bytes to `put_url`; afterwards `url` names them."""

    id: str
    filename: str
    put_url: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the reference says about a route."""

    summary: str
    notes: str = ""
    answer: type[Any] | None = None
    examples: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Described):
    """Create a task from `decode`, answer with `encode`. `path` is like "POST /runway/v2/tasks"."""

    path: str
    body: type[Any]
    decode: Callable[[Call], Spec]
    encode: Callable[[Task], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Show(Described):
    """Show one task, named by the path variable `id`."""

    path: str
    encode: Callable[[Task], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class List(Described):
    """List the caller's tasks of this dialect (the native dialect lists all)."""

    path: str
    decode: Callable[[Call], Filter]
    encode: Callable[[Page], Response]
    query: Mapping[str, str] = field(default_factory=dict[str, str])  # name → what it does


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Described):
    """Ask for the end of a task."""

    path: str
    encode: Callable[[Task], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Described):
    """Stream a task's changes as server-sent events; `encode` gives (event name, data)."""

    path: str
    encode: Callable[[Task], tuple[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Described):
    """Open an upload slot; `decode` gives the file's name."""

    path: str
    body: type[Any]
    decode: Callable[[Call], str]
    encode: Callable[[Slot], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded(Described):
    """The client says that the upload named by the path variable `id` is complete."""

    path: str
    encode: Callable[[Slot], Response]


Route = Submit | Show | List | Cancel | Watch | Upload | Uploaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A format that clients speak to us. The last line of its file is `DIALECT = Dialect(...)`."""

    name: str
    docs: str
    identify: Callable[[Request], Identity | None]
    routes: tuple[Route, ...]
    encode_trouble: Callable[[Trouble], Response]
    encode_notice: Callable[[Task], Request] | None = None
    public_id: str = "uuid"  # "task": task_…; "uuid": a random UUID; "digits": 18 digits


def bearer(request: Request) -> Identity | None:
    """`Authorization: Bearer <key>` (the scheme in any case); also `x-api-key`."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return Identity(key.strip())
    other = request.headers.get("x-api-key", "").strip()
    return Identity(other) if other else None
