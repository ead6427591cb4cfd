"""What both generations of Kling's API have in common: who is calling, the envelope, the error table.

| what | how | source |
|---|---|---|
| key | `Authorization: Bearer <API key>` | kling.ai/document-api, authentication, 2026-08 |
| signed token | HS256, claims `iss` (the access key), `exp`, `nbf`; as Bearer | the same page, older clients |
| envelope | `{code, message, request_id, data}`; `code` 0 and "SUCCEED" | every page |
| refusals | `{code, message, request_id}`, HTTP status and code as in `CODES` | error-codes, 2026-08 |

A refusal has no place for the field, so its message begins with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from framegate.core.dialect import Call, Identity, Problem, Trouble, Wallet, bearer, invalid
from framegate.core.task import Cause, Failure, Kind, State, Task
from framegate.core.tokens import EARLY, EXPIRED, read_token
from framegate.core.wire import Request, Response, answer
from framegate.dialects.kling.shapes import Costs, CostsAnswer, Pack

GOOD = "SUCCEED"
CODES: dict[Problem, tuple[int, int]] = {
    Problem.UNAUTHENTICATED: (401, 1002),
    Problem.FORBIDDEN: (403, 1103),
    Problem.OUT_OF_CREDIT: (429, 1102),
    Problem.NOT_FOUND: (404, 1203),
    Problem.METHOD_NOT_ALLOWED: (404, 1202),
    Problem.CONFLICT: (400, 1201),
    Problem.TOO_LARGE: (400, 1200),
    Problem.UNSUPPORTED_MEDIA: (400, 1200),
    Problem.MALFORMED: (400, 1200),
    Problem.INVALID: (400, 1201),
    Problem.BUSY: (429, 1302),
    Problem.UNAVAILABLE: (503, 5001),
    Problem.INTERNAL: (500, 5000),
}
"""HTTP status and code, as Kling gives them. 429 is no sign to try again: 1102 is an empty account."""
TOKEN_CODES = {EXPIRED: 1004, EARLY: 1003}
NOBODY = "no key was given"
UNITS = {Kind.IMAGE: 3_500_000}
"""Nano-dollars of one unit of an image pack; a video unit is `UNIT`."""
UNIT = 140_000_000
FOREVER = 4_102_444_800_000
STATES = {
    State.QUEUED: "submitted",
    State.SENDING: "submitted",
    State.RUNNING: "processing",
    State.STORING: "processing",
}
"""Of the states that are not final; the word for success differs between the generations."""


def identify(request: Request) -> Identity | None:
    """A key, or a token that the client signed: then its `iss` is the access key."""
    found = bearer(request)
    claims = read_token(found.key) if found else None
    if found is None or claims is None:
        return found
    issuer = claims.get("iss")
    if isinstance(issuer, str) and 0 < len(issuer) <= 200 and issuer.isprintable():
        return Identity(issuer, found.key)
    return found


def code_of(trouble: Trouble) -> tuple[int, int]:
    status, code = CODES[trouble.problem]
    if trouble.problem is Problem.UNAUTHENTICATED:
        code = 1001 if trouble.message.startswith(NOBODY) else TOKEN_CODES.get(trouble.message, code)
    return status, code


def trouble_encoder(fields: Mapping[str, str]) -> Callable[[Trouble], Response]:
    """The refusals of one generation; `fields` translates our words for a request's parts into its own."""

    def encode_trouble(trouble: Trouble) -> Response:
        status, code = code_of(trouble)
        name = fields.get(trouble.field, trouble.field) if trouble.field else ""
        message = trouble.message if not name or name in trouble.message else f"{name}: {trouble.message}"
        return answer(status, {"code": code, "message": message, "request_id": ""})

    return encode_trouble


def respond(value: msgspec.Struct) -> Response:
    return Response(status=200, headers={"content-type": "application/json"}, body=msgspec.json.encode(value))


def failure_of(task: Task) -> Failure | None:
    """Why a task ended without a result. There is no word for a cancelled task: it has failed."""
    match task.state:
        case State.CANCELLED:
            return task.failure or Failure(Cause.BROKEN, "The task was cancelled")
        case State.EXPIRED:
            return task.failure or Failure(Cause.EXPIRED, "The task was not finished in time")
        case State.FAILED:
            return task.failure or Failure(Cause.BROKEN, "The task failed")
        case _:
            return None


def status_of(task: Task, succeeded: str) -> str:
    return STATES.get(task.state) or (succeeded if task.state is State.SUCCEEDED else "failed")


def units(amount: int, kind: Kind = Kind.VIDEO) -> str:
    """An amount of money as Kling counts it: in units of its packs, at their list price."""
    value = (Decimal(amount) / UNITS.get(kind, UNIT)).quantize(Decimal("0.0001"))
    return format(value.normalize(), "f")


def text_of(seconds: float | None) -> str:
    """5.041 → `"5.041"`: lengths are texts here; empty if unknown."""
    return "" if seconds is None else f"{seconds:.3f}".rstrip("0").rstrip(".")


def output_id(task: Task, place: int) -> str:
    """The id of an output. The first has its task's own, so that it can be named as what to continue."""
    return task.public_id if place == 0 else f"{task.public_id}-{place}"


def whole(text: str | None, field: str, least: int, most: int, default: int) -> int:
    """A number of a query."""
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise invalid(field, f"{field} must be a whole number from {least} to {most}")
    return int(text)


def encode_costs(_: Call, wallet: Wallet) -> Response:
    """The account as one pack of video units at their list price."""
    remaining, total = (float(units(max(0, n))) for n in (wallet.balance, wallet.balance + wallet.held))
    pack = Pack(
        resource_pack_name=wallet.name,
        resource_pack_id=wallet.account_id,
        resource_pack_type="decreasing_total",
        total_quantity=total,
        remaining_quantity=remaining,
        purchase_time=0,
        effective_time=0,
        invalid_time=FOREVER,
        status="online" if remaining else "runOut",
    )
    return respond(CostsAnswer(0, GOOD, "", Costs(0, GOOD, [pack])))
