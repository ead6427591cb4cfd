"""A task in the Dream Machine's words: one Generation object is the answer to everything (PyPI `lumaai` 1.21.0)."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import UNSET

from framegate.core.dialect import Call, Page, Problem, Trouble, Wallet
from framegate.core.task import Kind, State, Task
from framegate.core.times import rfc3339
from framegate.core.wire import Json, Request, Response, answer, post
from framegate.dialects.luma.dream_lists import CONCEPTS, MOTIONS
from framegate.dialects.luma.dream_requests import put
from framegate.dialects.luma.dream_shapes import Assets, Credits, Generation, Generations, Pong
from framegate.dialects.luma.words import failure_of, made, reason_of, respond

STATES = {
    State.QUEUED: "queued",
    State.SENDING: "queued",
    State.RUNNING: "dreaming",
    State.STORING: "dreaming",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.EXPIRED: "failed",
    State.CANCELLED: "failed",
}
STATUSES = {Problem.INVALID: 400, Problem.TOO_LARGE: 400, Problem.UNSUPPORTED_MEDIA: 400}
"""A request that is wrong is answered with 400 (docs.lumalabs.ai, errors); all else by its usual status."""
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "seconds": "duration",
    "aspect": "aspect_ratio",
    "size": "aspect_ratio",
    "camera": "concepts",
    "first_frame": "keyframes.frame0 or first_frame",
    "last_frame": "keyframes.frame1",
    "reference": "image_ref, style_ref, character_ref, modify_image_ref or media",
    "video": "media",
    "parent": "generation",
    "sequel": "keyframes.frame1",
}
NANO_PER_CENT = 10_000_000


def encode(task: Task) -> Response:
    """The answer to a query; to an upscale and to added sound, too."""
    return respond(shown(task))


def encode_created(task: Task) -> Response:
    return respond(shown(task), status=201)


def encode_deleted(_: Task) -> Response:
    return Response(status=204)


def encode_page(page: Page) -> Response:
    found = [shown(task) for task in page.tasks]
    asked = page.asked
    return respond(Generations(page.next is not None, len(found), asked.limit, asked.offset, found))


def encode_notice(task: Task) -> Request:
    """The callback: the bare generation."""
    return post(task.spec.callback_url or "", cast("Json", msgspec.to_builtins(shown(task))))


def shown(task: Task) -> Generation:
    failure = failure_of(task)
    return Generation(
        id=task.public_id,
        generation_type="image" if task.spec.kind is Kind.IMAGE else "video",
        state=STATES[task.state],
        failure_reason=reason_of(failure) if failure else None,
        created_at=rfc3339(task.created_at),
        assets=assets_of(task),
        model=task.spec.model,
        request=request_of(task),
    )


def assets_of(task: Task) -> Assets | None:
    video, image = made(task, Kind.VIDEO), made(task, Kind.IMAGE)
    if video is None and image is None:
        return None
    return Assets(video=video.url if video else UNSET, image=image.url if image else UNSET)


def request_of(task: Task) -> dict[str, Any]:
    """The request as it came, with our signed links to its media; a URL that the client gave stays."""
    memo = task.spec.memo
    request: dict[str, Any] = dict(memo.get("request", {}))
    for path, item in zip(memo.get("media", []), task.spec.inputs, strict=False):
        given = item.url if item.url.startswith(("http://", "https://")) else None
        put(request, tuple(path), given or task.input_urls.get(item.media))
    return request


def encode_credits(_: Call, wallet: Wallet) -> Response:
    return respond(Credits(wallet.balance / NANO_PER_CENT))


def encode_concepts(_: Call) -> Response:
    return respond(CONCEPTS)


def encode_motions(_: Call) -> Response:
    return respond(MOTIONS)


def encode_pong(_: Call) -> Response:
    return respond(Pong("pong"))


def encode_trouble(trouble: Trouble) -> Response:
    """`{"detail": text}`: there is no place for a field, so the text names it."""
    name = FIELDS.get(trouble.field, trouble.field) if trouble.field else ""
    message = trouble.message if not name or name in trouble.message else f"{name}: {trouble.message}"
    if trouble.problem is Problem.OUT_OF_CREDIT:
        message = f"Insufficient credits: {message}"
    return answer(STATUSES.get(trouble.problem, trouble.problem.status), {"detail": message})
