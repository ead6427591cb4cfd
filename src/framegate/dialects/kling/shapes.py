"""The answers of Kling's older API, in its own names. Times are Unix milliseconds; lengths are texts that hold seconds.

Source: kling.ai/document-api, legacy pages, 2026-02 and 2026-08; field by field in docs/reference/kling.md.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

Status = Annotated[str, Meta(description="submitted, processing, succeed or failed")]


class Video(Struct):
    """One finished video. `id` can be given as `video_id` to continue it."""

    id: str
    url: str
    duration: str


class Image(Struct):
    """One finished picture, by its place from 0."""

    index: int
    url: str


class Audio(Struct):
    """One finished sound: `url` and `duration` of speech; else those of the kind of file that it is. The `id` of a
    speech can be given as `audio_id`.
    """

    id: str
    url_mp3: str | UnsetType = UNSET
    duration_mp3: str | UnsetType = UNSET
    url_wav: str | UnsetType = UNSET
    duration_wav: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET


class TaskResult(Struct):
    """Empty until the task has succeeded."""

    images: list[Image] | UnsetType = UNSET
    videos: list[Video] | UnsetType = UNSET
    audios: list[Audio] | UnsetType = UNSET


class ParentVideo(Struct):
    """The video that was continued."""

    id: str


class TaskInfo(Struct):
    """What the client said of the task."""

    parent_video: ParentVideo | UnsetType = UNSET
    external_task_id: str | UnsetType = UNSET


class Created(Struct):
    """What a create request is told."""

    task_id: str
    task_status: Status
    task_info: TaskInfo
    created_at: int
    updated_at: int


class TaskObject(Struct):
    """`final_unit_deduction` is there once the task has ended: what was charged, in Kling's units at list price."""

    task_id: str
    task_status: Status
    task_status_msg: Annotated[str, Meta(description="Why it failed; empty if it did not")]
    task_info: TaskInfo
    created_at: int
    updated_at: int
    task_result: TaskResult
    final_unit_deduction: str | UnsetType = UNSET


class Envelope(Struct):
    """`code` is 0 and `message` "SUCCEED"."""

    code: int
    message: str
    request_id: str


class CreatedAnswer(Envelope):
    """The answer to create."""

    data: Created


class TaskAnswer(Envelope):
    """The answer to a query."""

    data: TaskObject


class TasksAnswer(Envelope):
    """The answer to a list."""

    data: list[TaskObject]


class Pack(Struct):
    """One pack of units; times are Unix milliseconds."""

    resource_pack_name: str
    resource_pack_id: str
    resource_pack_type: str
    total_quantity: float
    remaining_quantity: float
    purchase_time: int
    effective_time: int
    invalid_time: int
    status: str


class Costs(Struct):
    """All packs."""

    code: int
    msg: str
    resource_pack_subscribe_infos: list[Pack]


class CostsAnswer(Envelope):
    """What is left."""

    data: Costs
