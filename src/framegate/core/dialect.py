"""What a client format is to us: a table of routes made of pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import msgspec

from framegate.core.task import FINAL, Spec, State, Task
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
    """What we tell a caller. `field` names the offending field in the client's own words, e.g. `options.seconds`; for a
    medium it is the role, and `place` is which of the spec's inputs it is.
    """

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
        self.place: int | None = None
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
    """Who the client says it is: an API key; or an access key, and as `proof` the token that names it (which the client
    signs, HS256), or the secret half itself.
    """

    key: str
    proof: str = ""


class Filter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which tasks to list, newest first unless `ascending`: a page of `limit` after the task `after` (any of its ids)
    or after `offset` tasks; or just those named by `ids`, in that order, unknown ones left out.
    """

    limit: int = 20
    after: str | None = None
    offset: int = 0
    ascending: bool = False
    ids: tuple[str, ...] | None = None
    family: str = ""
    counted: bool = False  # whether the page must say how many there are in all
    state: State | None = None
    model: str | None = None


class Page(msgspec.Struct, frozen=True):
    """One page of tasks; `next` is the cursor of the page that follows, or None. `total` counts the tasks of all pages,
    where the filter asked for it. `asked` is the filter itself, for formats that repeat it.
    """

    tasks: tuple[Task, ...]
    next: str | None = None
    total: int = 0
    asked: Filter = Filter()


class Period(msgspec.Struct, frozen=True):
    """The days from `start` up to `end` (Unix ms, UTC midnights). One that is None is 30 days from the other; if both
    are, it is the last 30 days and today.
    """

    start: int | None = None
    end: int | None = None


class Spend(msgspec.Struct, frozen=True):
    """What the tasks made on a day (days since 1970) with a model came to, in nano-dollars."""

    day: int
    model: str
    amount: int


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's account: `balance` and `held` in nano-dollars, and what the running tasks are. `spent` is there
    where the route asks about a period, by day and model.
    """

    account_id: str
    name: str
    balance: int
    held: int
    plan: str
    running: int = 0
    spent: tuple[Spend, ...] = ()


class Slot(msgspec.Struct, frozen=True):
    """A place to upload a file to: `PUT` the bytes to `put_url`; afterwards `url` names them in requests, and `link` is
    where they can be read. `created_at` in Unix milliseconds.
    """

    id: str
    filename: str
    put_url: str
    url: str
    link: str = ""
    created_at: int = 0


class Naming(msgspec.Struct, frozen=True):
    """A character to be: its `name`, and the `upload` (an id) that shows it."""

    name: str
    upload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the reference says about a route."""

    summary: str
    notes: str = ""
    answer: type[Any] | None = None
    examples: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Described):
    """Create a task from `decode`, answer with `encode`. `path` is like "POST /runway/v2/tasks".

    `wait` tells from the call for how many seconds the client wants to stay for the end; None: not at all. `field`
    tells where in the call a word of ours stands that was refused after `decode`, when it may stand in several places.
    """

    path: str
    body: type[Any]
    decode: Callable[[Call], Spec]
    encode: Callable[[Task], Response]
    wait: Callable[[Call], float | None] | None = None
    field: Callable[[Call, Spec, str], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Show(Described):
    """Show one task, named by the path variable `id` (or as `find` reads it from the call); of a `family`, if given."""

    path: str
    encode: Callable[[Task], Response]
    family: str = ""
    find: Callable[[Call], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class List(Described):
    """List the caller's tasks of this dialect (the native one lists all). `body` is set where one asks by POST."""

    path: str
    body: type[Any] | None = None
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
    """The client says that the upload named by the path variable `id` is complete, or asks for it. Only ids that begin
    with `prefix` lead to one.
    """

    path: str
    prefix: str = ""
    encode: Callable[[Slot], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(Described):
    """Take a file in one request: the part `part` of a form, or the whole body. Answered like a finished upload."""

    path: str
    part: str
    encode: Callable[[Slot], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Described):
    """Make a character of an uploaded video: `decode` gives its name and the upload. It is kept like one, under an id
    of its own that begins with `char_`, and answered like one whose `filename` is the name.
    """

    path: str
    body: type[Any]
    decode: Callable[[Call], Naming]
    encode: Callable[[Slot], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Download(Described):
    """Send a file of the task `id`: `pick` names it by an artifact's id, with `.poster`, `.0`, `.1` … for a preview, or
    `.sheet` for pictures of a film from beginning to end.

    `pick` raises `Trouble` when there is no such file (yet).
    """

    path: str
    pick: Callable[[Call, Task], str]
    query: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(Described):
    """Forget a finished task: its content and files go, its money stays on the books. `check` may refuse first.

    Where `aborts` is set, one that still runs is cancelled first, and answered like one that is gone.
    """

    path: str
    encode: Callable[[Task], Response]
    check: Callable[[Task], None] | None = None
    aborts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse(Described):
    """Create a task and stay with it to the end: `pieces` are the events of a stream, `encode` is the whole answer.

    `pieces` gets the call, the task now and as it was last told (None: first), and gives the data of events.
    `streams` tells from the call which of the two the client wants.
    """

    path: str
    body: type[Any]
    decode: Callable[[Call], Spec]
    streams: Callable[[Call], bool]
    pieces: Callable[[Call, Task, Task | None], tuple[Json | str, ...]]
    encode: Callable[[Call, Task], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Described):
    """Say what the caller's account holds; with `period` also what was spent. `body` is set where one asks by POST."""

    path: str
    encode: Callable[[Call, Wallet], Response]
    body: type[Any] | None = None
    period: Callable[[Call], Period] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed(Described):
    """An answer that depends on the call alone, for callers with a key: a vendor's list of camera concepts, say."""

    path: str
    encode: Callable[[Call], Response]
    query: Mapping[str, str] = field(default_factory=dict[str, str])


Route = (
    Submit
    | Show
    | List
    | Cancel
    | Watch
    | Upload
    | Uploaded
    | Receive
    | Name
    | Download
    | Delete
    | Converse
    | Account
    | Fixed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A format that clients speak to us. The last line of its file is `DIALECT = Dialect(...)`.

    `check` raises `Trouble` for a request without the headers that the format wants on every one.
    """

    name: str
    docs: str
    identify: Callable[[Request], Identity | None]
    routes: tuple[Route, ...]
    encode_trouble: Callable[[Trouble], Response]
    encode_notice: Callable[[Task], Request] | None = None
    notice_states: frozenset[State] = FINAL  # which states its callbacks tell of, as the vendor's do
    check: Callable[[Request], None] | None = None
    public_id: str = "uuid"  # "uuid": a random UUID; "digits": 18 digits; "PREFIX_": that and a random text


def bearer(request: Request) -> Identity | None:
    """`Authorization: Bearer <key>` (the scheme in any case); also `x-api-key`."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return Identity(key.strip())
    other = request.headers.get("x-api-key", "").strip()
    return Identity(other) if other else None
