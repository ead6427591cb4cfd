"""A task as a video of OpenAI's: all keys are always there (VideoResource, openai-openapi f85dbe2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal, cast

import msgspec

from framegate.core.dialect import Call, Page, Problem, Trouble
from framegate.core.task import Artifact, Cause, Failure, Kind, State, Task
from framegate.core.wire import Json, Request, Response, post
from framegate.dialects.openai import trouble as troubles
from framegate.dialects.openai.videos_decode import SECONDS, SIZE
from framegate.dialects.openai.videos_shapes import (
    Deleted,
    ErrorObject,
    Event,
    EventData,
    VideoList,
    VideoObject,
)

Status = Literal["queued", "in_progress", "completed", "failed"]
STATES: dict[State, Status] = {
    State.QUEUED: "queued",
    State.SENDING: "queued",
    State.RUNNING: "in_progress",
    State.STORING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.EXPIRED: "failed",
    State.CANCELLED: "failed",
}
POLL_MS = "1000"
"""Milliseconds after which the SDK's poll helper looks again: its own default."""
VARIANTS = ("video", "thumbnail", "spritesheet")
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "first_frame": "input_reference",
    "character": "characters",
    "parent": "video",
    "extra": "the body",
    "audio": "generate_sound",
    "guidance": "guidance_scale",
}


def encode(task: Task) -> Response:
    """The answer to create, retrieve, remix, edit and extend."""
    headers = {} if task.state.final else {"openai-poll-after-ms": POLL_MS}
    return respond(shown(task), headers)


def shown(task: Task) -> VideoObject:
    item = made(task)
    failure = failure_of(task)
    done = task.state is State.SUCCEEDED and task.finished_at is not None
    source = task.spec.memo.get("remixed_from")
    return VideoObject(
        id=task.public_id,
        model=task.spec.model,
        status=STATES[task.state],
        progress=progress_of(task),
        created_at=task.created_at // 1000,
        completed_at=(task.finished_at or 0) // 1000 if done else None,
        expires_at=None,
        prompt=task.spec.prompt or None,
        size=task.spec.size or size_of(item),
        seconds=seconds_of((item.seconds if item else None) or task.spec.seconds or SECONDS),
        remixed_from_video_id=str(source) if source else None,
        error=ErrorObject(troubles.code_of(failure.cause), failure.message) if failure else None,
    )


def made(task: Task) -> Artifact | None:
    """The finished video."""
    if task.state is not State.SUCCEEDED:
        return None
    return next((item for item in task.artifacts if item.kind is Kind.VIDEO), None)


def size_of(item: Artifact | None) -> str:
    """Of a finished video whose size was not asked for."""
    return f"{item.width}x{item.height}" if item and item.width and item.height else SIZE


def seconds_of(value: float) -> str:
    """5.209 → "5": whole seconds, as a text."""
    return str(max(1, round(value)))


def progress_of(task: Task) -> int:
    """0 to 99 percent, and 100 at the good end alone."""
    return 100 if task.state is State.SUCCEEDED else min(max(round((task.progress or 0) * 100), 0), 99)


def failure_of(task: Task) -> Failure | None:
    """Why there is no video; there is no word for a cancelled one."""
    if STATES[task.state] != "failed":
        return None
    unsaid = {
        State.EXPIRED: Failure(Cause.EXPIRED, "The video was not finished in time."),
        State.CANCELLED: Failure(Cause.BROKEN, "The video was cancelled."),
    }.get(task.state, Failure(Cause.BROKEN, "The video could not be generated."))
    failure = task.failure or unsaid
    return failure if failure.message else Failure(failure.cause, unsaid.message)


def encode_page(page: Page) -> Response:
    data = [shown(task) for task in page.tasks]
    first, last = (data[0].id, data[-1].id) if data else (None, None)
    return respond(VideoList(data=data, first_id=first, last_id=last, has_more=page.next is not None))


def check_delete(task: Task) -> None:
    """OpenAI deletes what has ended, nothing else."""
    if not task.state.final:
        status = STATES[task.state]
        message = f"This video is {status}: only a completed or failed video can be deleted"
        raise Trouble(Problem.CONFLICT, message, field="video_id")


def encode_deleted(task: Task) -> Response:
    return respond(Deleted(id=task.public_id, deleted=True))


def pick(call: Call, task: Task) -> str:
    """The file of a variant. Raises `Trouble`."""
    troubles.check_fields(call.query, ("variant",))
    variant = call.query.get("variant") or "video"
    if variant not in VARIANTS:
        message = f"Invalid value: '{variant[:60]}'. Supported values are: {', '.join(VARIANTS)}"
        raise Trouble(Problem.INVALID, message, field="variant")
    item = made(task)
    if item is None:
        status = STATES[task.state]
        message = "There is no content: the video has failed"
        if status != "failed":
            message = (
                f"Video is not ready yet ({status}), use GET /v1/videos/{task.public_id} to check status"
            )
        raise Trouble(Problem.NOT_FOUND, message, field="video_id")
    if variant == "thumbnail" and item.poster:
        return f"{item.id}.poster"
    if variant == "spritesheet" and item.previews:
        return f"{item.id}.sheet"
    if variant == "video":
        return item.id
    raise Trouble(Problem.NOT_FOUND, f"There is no {variant} of this video", field="variant")


def encode_notice(task: Task) -> Request:
    """The webhook: `{id, object, created_at, type, data: {id}}`; its id is the same whenever it is told."""
    kind: Literal["video.completed", "video.failed"] = (
        "video.completed" if task.state is State.SUCCEEDED else "video.failed"
    )
    digest = hashlib.sha256(f"{task.id} {kind}".encode()).hexdigest()[:48]
    event = Event(
        id=f"evt_{digest}", created_at=task.updated_at // 1000, type=kind, data=EventData(id=task.public_id)
    )
    return post(task.spec.callback_url or "", cast("Json", msgspec.to_builtins(event)))


def encode_trouble(trouble: Trouble) -> Response:
    return troubles.encode_trouble(trouble, FIELDS)


def respond(value: msgspec.Struct, headers: Mapping[str, str] | None = None) -> Response:
    headers = {"content-type": "application/json", **(headers or {})}
    return Response(status=200, headers=headers, body=msgspec.json.encode(value))
