"""A task in the words of Runway's developer API: states, credits, failure codes, errors.

A credit is 0.01 USD (docs.dev.runwayml.com, pricing, 2026-04). A task that has ended must bear `cost`, one that has not
`estimatedCost`: without them the SDK reads it as another kind of task. Failure codes: docs.dev.runwayml.com, task
failures. Errors are `{"error": text}` with an HTTP status, so the text names the field.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import msgspec
from msgspec import UNSET

from framegate.core.dialect import Call, Period, Problem, Slot, Trouble, Wallet, invalid
from framegate.core.task import Cause, Failure, State, Task
from framegate.core.times import rfc3339
from framegate.core.wire import Response, answer
from framegate.dialects.runway import developer_shapes as asked
from framegate.dialects.runway.developer_answers import (
    Created,
    Credits,
    Day,
    Organization,
    Spent,
    TaskObject,
    Tier,
    UploadSlot,
    Usage,
    Used,
)

STATES = {
    State.QUEUED: "PENDING",
    State.SENDING: "PENDING",
    State.RUNNING: "RUNNING",
    State.STORING: "RUNNING",
    State.SUCCEEDED: "SUCCEEDED",
    State.FAILED: "FAILED",
    State.EXPIRED: "FAILED",
    State.CANCELLED: "CANCELLED",
}
CODES = {Cause.MODERATED: "SAFETY.INPUT.TEXT", Cause.INVALID: "ASSET.INVALID"}  # not worth a retry
OTHER_CODE = "INTERNAL"  # worth a retry
OWN_CODES = ("SAFETY.", "INTERNAL", "INPUT_PREPROCESSING.", "ASSET.", "THIRD_PARTY.")
STATUSES = {Problem.INVALID: 400, Problem.OUT_OF_CREDIT: 400}
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "prompt": "promptText",
    "seconds": "duration",
    "size": "ratio",
    "aspect": "ratio",
    "negative_prompt": "negativePrompt",
    "guidance": "cfgScale",
    "count": "outputCount",
    "fps": "targetFramerate",
    "first_frame": "promptImage or character",
    "last_frame": "promptImage",
    "reference": "references, referenceImages or imageUri",
    "video": "promptVideo, videoUri or referenceVideos",
    "mask": "maskUri",
}
NANO_PER_CREDIT = 10_000_000
DAY = timedelta(days=1)
LONGEST = 90
"""Days of usage that can be asked for at once."""


def respond(value: msgspec.Struct) -> Response:
    return Response(status=200, headers={"content-type": "application/json"}, body=msgspec.json.encode(value))


def encode_created(task: Task) -> Response:
    return respond(Created(task.public_id, estimated(task)))


def encode_deleted(_: Task) -> Response:
    return Response(status=204)


def encode(task: Task) -> Response:
    failure = failure_of(task)
    done = task.artifacts if task.state is State.SUCCEEDED else ()
    shown = TaskObject(
        id=task.public_id,
        status=STATES[task.state],
        created_at=rfc3339(task.created_at),
        estimated_cost=UNSET if task.state.final else estimated(task),
        cost=Credits(whole(task.charged or 0)) if task.state.final else UNSET,
        progress=progress_of(task) if STATES[task.state] == "RUNNING" else UNSET,
        output=[item.url for item in done] if task.state is State.SUCCEEDED else UNSET,
        failure=failure.message or "The task failed" if failure else UNSET,
        failure_code=code_of(failure) if failure else UNSET,
    )
    return respond(shown)


def estimated(task: Task) -> Credits:
    return Credits(round(task.quote.total / NANO_PER_CREDIT, 4))


def whole(nano_dollars: int) -> int:
    """Credits, as a whole number: the SDK knows no parts of them."""
    return round(nano_dollars / NANO_PER_CREDIT)


def progress_of(task: Task) -> float:
    return 1.0 if task.state is State.STORING else task.progress or 0.0


def failure_of(task: Task) -> Failure | None:
    match task.state:
        case State.FAILED:
            return task.failure or Failure(Cause.BROKEN, "The task failed")
        case State.EXPIRED:
            return task.failure or Failure(Cause.EXPIRED, "The task was not finished in time")
        case _:
            return None


def code_of(failure: Failure) -> str:
    """Runway's own code where the upstream gave one; else what the cause comes to."""
    if failure.code.startswith(OWN_CODES) and failure.code.isprintable():
        return failure.code
    return CODES.get(failure.cause, OTHER_CODE)


def encode_slot(slot: Slot) -> Response:
    return respond(UploadSlot(slot.put_url, {"key": slot.id}, f"runway://{slot.id}"))


def encode_organization(_: Call, wallet: Wallet) -> Response:
    """The account: no limits by model, and what is left as the most that can be spent in a month."""
    left = whole(max(0, wallet.balance))
    return respond(Organization(left, Tier(left + whole(wallet.held), {}), Used({})))


def period_of(call: Call) -> Period:
    """The days that are asked about. Raises `Trouble`."""
    body: asked.Period = call.body
    start, end = day_of(body.start_date, "startDate"), day_of(body.before_date, "beforeDate")
    if start and end and not DAY <= end - start <= LONGEST * DAY:
        raise invalid("beforeDate", f"beforeDate must be 1 to {LONGEST} days after startDate")
    return Period(stamp(start), stamp(end))


def day_of(text: str | None, field: str) -> date | None:
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or len(text) != len("2026-01-31") or not 2000 <= found.year < 2200:
        raise invalid(field, f"{field} must be a day such as 2026-01-31")
    return found


def stamp(day: date | None) -> int | None:
    return None if day is None else int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def encode_usage(_: Call, wallet: Wallet) -> Response:
    days = [
        Day(
            rfc3339(day * 86_400_000)[:10],
            [Spent(spend.model, whole(spend.amount)) for spend in spends],
        )
        for day, spends in groupby(wallet.spent, lambda spend: spend.day)
    ]
    return respond(Usage(days, sorted({spend.model for spend in wallet.spent})))


def encode_trouble(trouble: Trouble) -> Response:
    name = FIELDS.get(trouble.field, trouble.field) if trouble.field else ""
    message = trouble.message if not name or name in trouble.message else f"{name}: {trouble.message}"
    if trouble.problem is Problem.OUT_OF_CREDIT:
        message = f"You do not have enough credits to run this task: {message}"
    return answer(STATUSES.get(trouble.problem, trouble.problem.status), {"error": message})
