"""A task in the words of Kling's older API: what create, query, list and callback say of it."""

from __future__ import annotations

from typing import TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from framegate.core.dialect import Page
from framegate.core.task import Artifact, Kind, State, Task
from framegate.core.wire import Json, Request, Response, post
from framegate.dialects.kling.envelope import (
    GOOD,
    failure_of,
    output_id,
    respond,
    status_of,
    text_of,
    trouble_encoder,
    units,
)
from framegate.dialects.kling.heard_decode import TTS
from framegate.dialects.kling.shapes import (
    Audio,
    Created,
    CreatedAnswer,
    Image,
    ParentVideo,
    TaskAnswer,
    TaskInfo,
    TaskObject,
    TaskResult,
    TasksAnswer,
    Video,
)

T = TypeVar("T")
SUCCEEDED = "succeed"
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "model": "model_name",
    "seconds": "duration",
    "aspect": "aspect_ratio",
    "size": "aspect_ratio",
    "quality": "mode",
    "guidance": "cfg_scale",
    "audio": "sound or sound_file",
    "voice": "voice_id",
    "language": "voice_language",
    "camera": "camera_control",
    "count": "n",
    "watermark": "watermark_info",
    "first_frame": "image",
    "last_frame": "image_tail",
    "reference": "image_list",
    "mask": "static_mask",
    "video": "video_url",
    "parent": "video_id or audio_id",
    "external_id": "external_task_id",
}
encode_trouble = trouble_encoder(FIELDS)


def encode_created(task: Task) -> Response:
    made = Created(
        task_id=task.public_id,
        task_status=status_of(task, SUCCEEDED),
        task_info=TaskInfo(external_task_id=task.spec.external_id or UNSET),
        created_at=task.created_at,
        updated_at=task.updated_at,
    )
    return respond(CreatedAnswer(0, GOOD, task.id, made))


def encode(task: Task) -> Response:
    return respond(TaskAnswer(0, GOOD, task.id, shown(task)))


def encode_page(page: Page) -> Response:
    return respond(TasksAnswer(0, GOOD, "", [shown(task) for task in page.tasks]))


def encode_notice(task: Task) -> Request:
    """The callback: the bare task, without an envelope."""
    return post(task.spec.callback_url or "", cast("Json", msgspec.to_builtins(shown(task))))


def shown(task: Task) -> TaskObject:
    failure = failure_of(task)
    return TaskObject(
        task_id=task.public_id,
        task_status=status_of(task, SUCCEEDED),
        task_status_msg=failure.message if failure else "",
        task_info=info_of(task),
        created_at=task.created_at,
        updated_at=task.updated_at,
        task_result=result_of(task),
        final_unit_deduction=UNSET if task.charged is None else units(task.charged, task.spec.kind),
    )


def info_of(task: Task) -> TaskInfo:
    parent = str(task.spec.memo.get("video_id", ""))
    return TaskInfo(
        parent_video=ParentVideo(parent) if parent else UNSET,
        external_task_id=task.spec.external_id or UNSET,
    )


def result_of(task: Task) -> TaskResult:
    done = task.artifacts if task.state is State.SUCCEEDED else ()
    videos = [
        Video(output_id(task, place), item.url, text_of(item.seconds or task.spec.seconds))
        for place, item in enumerate(of_kind(done, Kind.VIDEO))
    ]
    images = [Image(place, item.url) for place, item in enumerate(of_kind(done, Kind.IMAGE))]
    audios = [
        audio_of(task, item, len(videos) + place)
        for place, item in enumerate(of_kind(done, Kind.MUSIC, Kind.SPEECH, Kind.SOUND))
    ]
    return TaskResult(images=some(images), videos=some(videos), audios=some(audios))


def audio_of(task: Task, item: Artifact, place: int) -> Audio:
    """One sound, in the words of its path: speech has no fields for two kinds of file."""
    name, seconds = output_id(task, place), text_of(item.seconds)
    if task.spec.family == TTS:
        return Audio(name, url=item.url, duration=seconds)
    if "wav" in item.media_type:
        return Audio(name, url_wav=item.url, duration_wav=seconds)
    return Audio(name, url_mp3=item.url, duration_mp3=seconds)


def of_kind(artifacts: tuple[Artifact, ...], *kinds: Kind) -> tuple[Artifact, ...]:
    return tuple(item for item in artifacts if item.kind in kinds)


def some(items: list[T]) -> list[T] | UnsetType:
    return items or UNSET
