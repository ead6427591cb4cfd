"""A task in the words of `/runway/v2/tasks` (page of 2024-11-04): artifacts, failures and errors as read by clients."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import msgspec

from framegate.core.dialect import Problem, Slot, Trouble
from framegate.core.task import Artifact, Cause, Failure, Role, State, Task
from framegate.core.times import rfc3339
from framegate.core.wire import Json, Request, Response, answer, post
from framegate.dialects.runway.tasks_shapes import (
    ArtifactObject,
    ErrorObject,
    Metadata,
    Size,
    TaskAnswer,
    TaskObject,
    UploadAnswer,
    UploadedAnswer,
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
REASONS = {Cause.MODERATED: "SAFETY.INPUT.TEXT", Cause.INVALID: "ASSET.INVALID"}  # not worth a retry
OTHER_REASON = "INTERNAL.BAD_OUTPUT.CODE01"  # worth a retry
OWN_REASONS = ("SAFETY.", "INTERNAL", "INPUT_PREPROCESSING.", "ASSET.", "THIRD_PARTY.")
TYPES = {
    Problem.UNAUTHENTICATED: "authentication_error",
    Problem.FORBIDDEN: "permission_error",
    Problem.OUT_OF_CREDIT: "insufficient_credit",
    Problem.NOT_FOUND: "not_found_error",
    Problem.BUSY: "rate_limit_error",
    Problem.UNAVAILABLE: "unavailable_error",
    Problem.INTERNAL: "server_error",
}
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "model": "taskType",
    "prompt": "options.text_prompt",
    "seconds": "options.seconds",
    "seed": "options.seed",
    "size": "options.width",
    "resolution": "options.resolution",
    "watermark": "options.watermark",
    "first_frame": "options.init_image",
    "last_frame": "options.init_image",
    "reference": "options.gen2Options.image_prompt",
    "video": "options.init_video",
    "parent": "options.extended_from_task_id",
    "callback_url": "notify_hook",
    "extra": "options",
}
MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
}


def encode(task: Task) -> Response:
    """The answer to create, query and cancel."""
    return respond(shown(task))


def encode_notice(task: Task) -> Request:
    """The callback: its body is the answer to a query."""
    return post(task.spec.callback_url or "", cast("Json", msgspec.to_builtins(shown(task))))


def shown(task: Task) -> TaskAnswer:
    failure = failure_of(task)
    artifacts = task.artifacts if task.state is State.SUCCEEDED else ()
    shown_task = TaskObject(
        id=task.public_id,
        name=name_of(task),
        image=None,
        created_at=rfc3339(task.created_at),
        updated_at=rfc3339(task.updated_at),
        task_type=task.spec.model,
        options=options_of(task),
        status=STATES[task.state],
        error=error_of(failure) if failure else None,
        progress_text=failure.message if failure else None,
        progress_ratio=ratio_of(task),
        estimated_time_to_start_seconds=None if task.state.final else 0,
        artifacts=[artifact_of(task, item) for item in artifacts],
        shared_asset=None,
    )
    return TaskAnswer(shown_task, server_id=task.upstream)


def name_of(task: Task) -> str:
    return str(task.spec.memo.get("name") or task.spec.model)


def options_of(task: Task) -> dict[str, Any]:
    """The request's options with our links to its media, and the flag that Runway adds."""
    roles = cast("dict[str, str]", task.spec.memo.get("roles", {}))
    links = {option: link_of(task, Role(role)) for option, role in roles.items()}
    note = cast("dict[str, Any]", task.spec.memo.get("options", {}))
    options: dict[str, Any] = {option: links.get(option, value) for option, value in note.items()}
    if isinstance(inner := options.get("gen2Options"), dict):
        inner = cast("dict[str, Any]", inner)
        options["gen2Options"] = {option: links.get(option, value) for option, value in inner.items()}
    return {**options, "recordingEnabled": True}


def link_of(task: Task, role: Role) -> str | None:
    """Our signed link to an input; where there is none, the URL that the client gave."""
    found = task.spec.input(role)
    given = found.url if found and found.url.startswith(("http://", "https://")) else None
    return task.input_url(role) or given


def ratio_of(task: Task) -> str | None:
    """Null while pending, "0" to "0.99" from then on, "1" once succeeded."""
    if task.state is State.SUCCEEDED:
        return "1"
    if STATES[task.state] == "PENDING" or (task.state.final and task.progress is None):
        return None
    return format(min(max(round(task.progress or 0, 2), 0), 0.99), "g")


def failure_of(task: Task) -> Failure | None:
    if STATES[task.state] != "FAILED":
        return None
    expired = task.state is State.EXPIRED
    unsaid = Failure(Cause.EXPIRED, "The task was not finished in time") if expired else None
    return task.failure or unsaid or Failure(Cause.BROKEN, "The task failed")


def error_of(failure: Failure) -> ErrorObject:
    """Runway's own reason if the upstream gave one, else the one that makes clients act rightly."""
    own = failure.code if failure.code.startswith(OWN_REASONS) else ""
    return ErrorObject(
        error_message=failure.message,
        reason=own or REASONS.get(failure.cause, OTHER_REASON),
        message=failure.message,
        moderation_category=failure.code if failure.cause is Cause.MODERATED and not own else "",
        tally_asimov=False,
    )


def artifact_of(task: Task, item: Artifact) -> ArtifactObject:
    moment = rfc3339(task.finished_at or task.updated_at)
    owner = number_of(task.account_id)
    sides = (item.width, item.height) if item.width and item.height else None
    group = task.spec.memo.get("options", {}).get("assetGroupName", "")
    posters = (item.poster_url,) if item.poster_url else ()
    return ArtifactObject(
        id=uuid_of(item.id),
        created_at=moment,
        updated_at=moment,
        user_id=owner,
        created_by=owner,
        task_id=task.public_id,
        parent_asset_group_id=uuid_of(f"{task.account_id}/{group}"),
        filename=name_of(task) + (".mp4" if task.spec.model == "gen2" else ""),
        url=item.url,
        file_size=str(item.size),
        is_directory=False,
        preview_urls=list(item.preview_urls[:5] or posters),
        private=True,
        private_in_team=True,
        deleted=False,
        reported=False,
        metadata=Metadata(
            frame_rate=int(item.fps) if item.fps and item.fps.is_integer() else item.fps,
            duration=item.seconds,
            dimensions=list(sides) if sides else None,
            size=Size(*sides) if sides else None,
        ),
        favorite=False,
    )


def uuid_of(text: str) -> str:
    """A UUID, in form of version 4, that is always the same for the same text."""
    digits = hashlib.sha256(text.encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def number_of(text: str) -> int:
    """A positive 31-bit number that is always the same for the same text."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % (2**31 - 1) + 1


def encode_slot(slot: Slot) -> Response:
    ending = slot.filename.rpartition(".")[2].lower()
    media_type = MEDIA_TYPES.get(ending, "application/octet-stream")
    return respond(UploadAnswer(slot.id, [slot.put_url], {"Content-Type": media_type}))


def encode_uploaded(slot: Slot) -> Response:
    return respond(UploadedAnswer(slot.url))


def encode_trouble(trouble: Trouble) -> Response:
    """`{"error": {message, type, param, code}}`, all four always there: clients read `error.message`."""
    error: dict[str, Json] = {
        "message": trouble.message,
        "type": TYPES.get(trouble.problem, "invalid_request_error"),
        "param": FIELDS.get(trouble.field, trouble.field) if trouble.field else None,
        "code": trouble.problem.code,
    }
    return answer(trouble.problem.status, {"error": error})


def respond(value: msgspec.Struct) -> Response:
    return Response(status=200, headers={"content-type": "application/json"}, body=msgspec.json.encode(value))
