"""What an upstream is to us: a value made of pure functions. `decode` gets what `encode` got, plus the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from framegate.core.money import Facts
from framegate.core.task import Cause, Failure, Handle, Kind, Media, Order, Report, Role, State
from framegate.core.wire import Request, Response

X = TypeVar("X")
Y = TypeVar("Y")


@dataclass(frozen=True, slots=True)
class Exchange(Generic[X, Y]):
    """One round trip. `decode` is total: for any status and bytes it returns a value or raises `Malformed`."""

    encode: Callable[[X], Request]
    decode: Callable[[X, Response], Y]


class Credential(msgspec.Struct, frozen=True):
    """A secret for one upstream: `key`, and `secret` where the vendor signs with a pair. Never printed."""

    key: str
    secret: str = ""

    def __repr__(self) -> str:
        return "Credential(…)"


Sign = Callable[[Request, Credential, datetime], Request]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider can express for one model (`"*"`: any other model of this `kind`).

    Empty `seconds`, `sizes`, `aspects` and `resolutions` mean "no limit known: pass it and let the upstream say";
    `roles`, `expresses` and `extras` list all that can be said ("*" among the extras: any). `seconds` lists the
    durations that exist, the vendor's default first, or with `seconds_range` the least and the greatest.
    """

    model: str
    kind: Kind
    seconds: tuple[float, ...] = ()
    seconds_range: bool = False
    sizes: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()  # inputs it can take
    needs: tuple[Role, ...] = ()  # inputs it cannot do without
    count: int = 1
    prompt_limit: int | None = None  # characters
    expresses: tuple[
        str, ...
    ] = ()  # optional spec fields it can express: "negative_prompt", "seed", "audio" …
    extras: tuple[str, ...] = ()
    bills_cancelled: bool = False
    bills_moderated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A wire format that we speak to an upstream. The last line of its file is `PROVIDER = Provider(...)`."""

    name: str
    docs: str
    base_url: str
    hosts: tuple[str, ...]  # with the upstream's own host: where credentials may go
    sign: Sign
    facts: Callable[[Order], Facts]
    submit: Exchange[Order, Report]
    poll: Exchange[Handle, Report] | None  # None: the answer to submit is final
    offers: tuple[Offer, ...]
    dedupes: bool = False  # refuses a second use of our id
    find: Exchange[str, Report | None] | None = None  # by our task id; None: not found (which proves nothing)
    cancel: Exchange[Handle, Report] | None = None
    upload: Exchange[Media, Media | Request] | None = None
    poll_many: Exchange[tuple[Handle, ...], tuple[Report, ...]] | None = None
    callback: Callable[[Request], Report] | None = None
    credits: Exchange[None, dict[str, int]] | None = None
    local: bool = False  # an engine of ours, reached in process

    def offer(self, model: str, kind: Kind) -> Offer | None:
        """The offer for a model: by name, else the provider's `"*"` offer of that kind."""
        named = next((o for o in self.offers if o.model == model and o.kind is kind), None)
        return named or next((o for o in self.offers if o.model == "*" and o.kind is kind), None)


def header(name: str, prefix: str = "") -> Sign:
    """Sign by putting the key into a header."""

    def sign(request: Request, credential: Credential, _now: datetime) -> Request:
        return msgspec.structs.replace(request, headers={**request.headers, name: prefix + credential.key})

    return sign


bearer = header("authorization", "Bearer ")

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
    failure = Failure(cause, message[:1000] or cause.value, code[:100])
    return Report(state=State.FAILED, failure=failure, retry_after=retry_after, usage=usage or {})


def cause_of(status: int) -> Cause:
    """The cause that an HTTP status names when the body says nothing better."""
    return CAUSES.get(status, Cause.BROKEN)


def seconds_of(value: str | None) -> float | None:
    """A Retry-After header in its seconds form."""
    return float(value) if value and value.isascii() and value.isdigit() and len(value) < 7 else None
