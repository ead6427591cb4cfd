"""A task in the words of `/luma/v1/generations`: flat, fifteen keys, times in microseconds (page of 2024-10-20)."""

from __future__ import annotations

import hashlib
from typing import cast

import msgspec
from msgspec import UNSET

from framegate.core.dialect import Call, Page, Problem, Slot, Trouble, Wallet
from framegate.core.task import Kind, State, Task
from framegate.core.times import rfc3339
from framegate.core.wire import Json, Request, Response, answer, post
from framegate.dialects.luma.web_shapes import Frame, Generation, Link, Usage, User, Video
from framegate.dialects.luma.words import failure_of, made, reason_of, respond

STATES = {
    State.QUEUED: "pending",
    State.SENDING: "pending",
    State.RUNNING: "processing",
    State.STORING: "processing",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.EXPIRED: "failed",
    State.CANCELLED: "failed",
}
PIPELINE = "V1.5"
"""What the documented answer names where the request names no model."""
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "model": "model_name",
    "prompt": "user_prompt",
    "seconds": "duration",
    "aspect": "aspect_ratio",
    "size": "aspect_ratio",
    "first_frame": "image_url",
    "last_frame": "image_end_url",
    "parent": "id",
    "callback_url": "notify_hook",
    "body": "file",
}
TYPES = {
    Problem.UNAUTHENTICATED: "authentication_error",
    Problem.FORBIDDEN: "permission_error",
    Problem.OUT_OF_CREDIT: "insufficient_credit",
    Problem.NOT_FOUND: "not_found_error",
    Problem.BUSY: "rate_limit_error",
    Problem.UNAVAILABLE: "unavailable_error",
    Problem.INTERNAL: "server_error",
}
NANO_PER_CENT = 10_000_000


def encode(task: Task) -> Response:
    """The answer to create, extend and query."""
    return respond(shown(task))


def encode_page(page: Page) -> Response:
    """A bare list."""
    return respond([shown(task) for task in page.tasks])


def encode_notice(task: Task) -> Request:
    """The callback: its body is the answer to a query."""
    return post(task.spec.callback_url or "", cast("Json", msgspec.to_builtins(shown(task))))


def shown(task: Task) -> Generation:
    failure, item = failure_of(task), made(task, Kind.VIDEO)
    sides = (item.width, item.height) if item else (None, None)
    poster = item.poster_url if item else ""
    return Generation(
        id=task.public_id,
        batch_id=uuid_of(task.id),
        created_at=f"{rfc3339(task.created_at)[:-1]}000Z",
        prompt=task.spec.prompt,
        state=STATES[task.state],
        pipeline_id=str(task.spec.memo.get("model_name") or PIPELINE),
        queue_state=None,
        estimate_wait_seconds=None,
        liked=None,
        video=Video(item.url, *sides, poster or None, item.url) if item else None,
        video_raw=Frame(item.url, *sides) if item else None,
        thumbnail=Frame(poster, *sides) if poster else None,
        last_frame=None,
        user_id=uuid_of(task.account_id),
        server_id=task.upstream,
        failure_reason=reason_of(failure) if failure else UNSET,
    )


def encode_link(task: Task) -> Response:
    """Where the video without a mark is: the video itself, for no mark is put on it here."""
    item = made(task, Kind.VIDEO)
    if item is not None:
        return respond(Link(url=item.url))
    failure = failure_of(task)
    why = reason_of(failure) if failure else f"it is {STATES[task.state]}"
    return respond(Link(detail=f"there is no video of this generation: {why}"), status=409)


def encode_file(slot: Slot) -> Response:
    return respond(Link(url=slot.link or slot.url))


def encode_usage(_: Call, wallet: Wallet) -> Response:
    return respond(Usage(available=max(0, wallet.balance) // NANO_PER_CENT))


def encode_user(_: Call, wallet: Wallet) -> Response:
    return respond(User(id=uuid_of(wallet.account_id), username=wallet.name))


def encode_trouble(trouble: Trouble) -> Response:
    """`{"detail": text}`, and beside it the `error` that clients of several such formats read."""
    error: dict[str, Json] = {
        "message": trouble.message,
        "type": TYPES.get(trouble.problem, "invalid_request_error"),
        "param": FIELDS.get(trouble.field, trouble.field) if trouble.field else None,
        "code": trouble.problem.code,
    }
    return answer(trouble.problem.status, {"detail": trouble.message, "error": error})


def uuid_of(text: str) -> str:
    """A UUID, in form of version 4, that is always the same for the same text."""
    digits = hashlib.sha256(text.encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
