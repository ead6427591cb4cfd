"""What an upstream is to us: a value made of pure functions. `decode` gets what `encode` got, plus the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

from framegate.core.money import UNIT, Facts
from framegate.core.task import (
    Action,
    Cause,
    Failure,
    Handle,
    Kind,
    Media,
    Order,
    Report,
    Role,
    State,
)
from framegate.core.wire import Malformed, Record, Request, Response

X = TypeVar("X")
Y = TypeVar("Y")


class Weather(Exception):
    """The upstream did not answer about the task: the attempt's fate is unchanged, whatever the status says.

    `message` is fit to be shown to the operator; `retry_after` is in seconds.
    """

    def __init__(self, cause: Cause, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Exchange(Generic[X, Y]):
    """One round trip. `decode` is total: for any status and bytes it returns a value or raises one of two exceptions.

    - `Malformed`: the answer breaks the vendor's own format.
    - `Weather`: an HTTP error about the call, not about the task. All exchanges but `submit` raise it for every status
      outside 2xx, for only the vendor's own terminal word ends a task: 401, 403, 404, 429 and 5xx on a poll do not.

    For `submit` an HTTP error is a refusal, and so a report: `failed(...)`.
    """

    encode: Callable[[X], Request]
    decode: Callable[[X, Response], Y]


class Credential(msgspec.Struct, frozen=True):
    """A secret for one upstream: `key`, and `secret` where the vendor signs with a pair. Never printed."""

    key: str
    secret: str = ""

    def __repr__(self) -> str:
        return "Credential(…)"


Sign = Callable[[Request, Credential, datetime], Request]


class Next(msgspec.Struct, frozen=True):
    """One more step of an upload: when `request`, sent without the credential, is answered 2xx, `media` is there."""

    request: Request
    media: Media


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider can express for one model (`"*"`: any other model of this `kind`).

    Empty `seconds`, `sizes`, `aspects` and `resolutions` mean "no limit known: pass it and let the upstream say";
    `roles`, `expresses` and `extras` list all that can be said ("*" among the extras: any). `seconds` lists the
    durations that exist, the vendor's default first, or with `seconds_range` the least and the greatest.
    A model whose limits depend on its inputs has several offers, told apart by `roles` and `needs`.
    """

    model: str
    kind: Kind
    seconds: tuple[float, ...] = ()
    seconds_range: bool = False
    longest: float | None = None  # the most seconds, where the length may also be left open
    sizes: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()  # inputs it can take
    needs: tuple[Role, ...] = ()  # inputs it cannot do without
    count: int = 1
    prompt_limit: int | None = None  # characters
    formats: tuple[str, ...] = ()  # the files it can make, where it expresses "format"; empty: no limit known
    expresses: tuple[
        str, ...
    ] = ()  # optional spec fields it can express: "negative_prompt", "seed", "audio" …
    extras: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()  # of "seconds", "aspect" and "resolution" those it has no word for
    actions: tuple[
        Action, ...
    ] = ()  # what it does with given media: EXTEND, UPSCALE (changing needs no word)
    continues: tuple[Action, ...] = ()  # what it does with a finished task of the same upstream
    joins: bool = (
        False  # leads up to a finished task of the same upstream (`Spec.sequel`), from another or not
    )
    follows: bool = False  # its result may be as long as what it is given: its own length is what is charged
    bills_cancelled: bool = False
    bills_moderated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A wire format that we speak to an upstream. The last line of its file is `PROVIDER = Provider(...)`.

    A host written `*.example.com` stands for every host below example.com.

    A provider that `dedupes` is sent an order again when its outcome is unknown, without anybody's decision: so this
    needs the vendor's word for each of its paths, and that ids "must be unique" is no such word. `find` is given the
    order bare, without its media; it raises `ValueError` where an order leaves nothing at the vendor to ask for.
    """

    name: str
    docs: str
    base_url: str
    hosts: tuple[str, ...]  # with the upstream's own host: where credentials may go
    sign: Sign
    facts: Callable[[Order], Facts]
    submit: Exchange[Order, Report]
    poll: Exchange[Handle, Report] | None  # None: the answer to submit is final
    offers: tuple[Offer, ...]
    dedupes: bool = False  # its vendor documents that a second use of our id makes nothing
    find: Exchange[Order, Report | None] | None = None  # by our id; None: not found, which proves nothing
    cancel: Exchange[Handle, Report] | None = None
    upload: Exchange[Media, Media | Next] | None = None
    uploads: tuple[Role, ...] = ()  # what always goes by `upload`; empty: what no link of ours can bring
    poll_many: Exchange[tuple[Handle, ...], tuple[Report | None, ...]] | None = (
        None  # None: not in the answer
    )
    credits: Exchange[None, dict[str, int]] | None = None
    models: Exchange[None, list[str]] | None = None  # what the account may ask for now, by the vendor's names
    poll_seconds: float = 1.0  # the vendor asks for at least so long between two polls of a task
    local: bool = False  # an engine of ours, reached in process

    @property
    def vendor(self) -> str:
        """Whose own words it may carry: its name, up to the hyphen that tells several formats of one vendor apart."""
        return self.name.partition("-")[0]

    def offer(self, model: str, kind: Kind, roles: Collection[Role] | None = None) -> Offer | None:
        """The offer for a model, see `choose`."""
        return choose(self.offers, model, kind, roles)


def choose(
    offers: Collection[Offer], model: str, kind: Kind, roles: Collection[Role] | None = None
) -> Offer | None:
    """The offer for a model: by name, else the `"*"` offer of that kind.

    Of several the first that can do with these inputs; else the first that has what it needs; else the first.
    """
    named = [o for o in offers if o.model == model and o.kind is kind]
    found = named or [o for o in offers if o.model == "*" and o.kind is kind]
    given = frozenset(roles or ())
    ready = [o for o in found if given.issuperset(o.needs)]
    return next((o for o in ready if given.issubset(o.roles)), None) or next(iter(ready or found), None)


def header(name: str, prefix: str = "") -> Sign:
    """Sign by putting the key into a header."""

    def sign(request: Request, credential: Credential, _now: datetime) -> Request:
        return msgspec.structs.replace(request, headers={**request.headers, name: prefix + credential.key})

    return sign


bearer = header("authorization", "Bearer ")

MOST = 10**15
"""Millionths of a unit: more than a billion units in one answer is no count."""

CAUSES = {
    400: Cause.INVALID,
    401: Cause.UNAUTHORIZED,
    402: Cause.CREDIT,
    403: Cause.UNAUTHORIZED,
    408: Cause.BROKEN,
    413: Cause.INVALID,
    415: Cause.INVALID,
    422: Cause.INVALID,
    429: Cause.BUSY,
}


def failed(
    cause: Cause,
    message: str,
    code: str = "",
    *,
    retry_after: float | None = None,
    usage: dict[str, int] | None = None,
) -> Report:
    """A report of a failure; an empty message falls back to the cause's name."""
    failure = Failure(cause, message.strip()[:1000] or cause.value, code[:100])
    return Report(state=State.FAILED, failure=failure, retry_after=retry_after, usage=usage or {})


def cause_of(status: int) -> Cause:
    """The cause that an HTTP status names when the body says nothing better."""
    return CAUSES.get(status, Cause.BROKEN)


def seconds_of(value: str | None) -> float | None:
    """A Retry-After header in its seconds form."""
    return float(value) if value and value.isascii() and value.isdigit() and len(value) < 7 else None


def refusal(response: Response, cause: Cause | None, message: str, code: str = "") -> Report:
    """The report of a submit that was answered with an HTTP error."""
    retry_after = seconds_of(response.headers.get("retry-after"))
    return failed(cause or cause_of(response.status), message, code, retry_after=retry_after)


def weather(response: Response, cause: Cause | None, message: str) -> Weather:
    """The exception for any other call that was answered with an HTTP error; 404 means that the task is not known."""
    known = cause or (Cause.LOST if response.status == 404 else cause_of(response.status))
    return Weather(
        known, message.strip()[:1000] or known.value, seconds_of(response.headers.get("retry-after"))
    )


def link(record: Record) -> str:
    """The http(s) URL of a result. Raises `Malformed`."""
    url = record.text()
    if not url.startswith(("https://", "http://")) or not url.isprintable():
        raise Malformed("expected a URL")
    return url


def quantity(record: Record) -> int | None:
    """A count of units ("12.5", 12.5 or 12) in millionths; None if it is none, or is absurd."""
    value = record.value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        exact = Decimal(str(value)).scaleb(6)
        return int(exact) if 0 <= exact < MOST else None
    except (ArithmeticError, ValueError):
        return None


def millionths(value: float) -> int:
    """A number of units, such as seconds, in millionths; at least one."""
    return max(1, round(value * UNIT))
