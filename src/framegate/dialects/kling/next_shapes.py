"""The JSON of Kling's newer API, both ways. Times are Unix milliseconds; lengths in answers are texts of seconds.

Source: kling.ai/document-api, pages of 2.6, 3.0 and 3.0 Omni, 2026-05 to 2026-08; field by field in
docs/reference/kling-next.md.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from framegate.dialects.kling.requests import Callback, Own, Picture, Prompt, Watermark
from framegate.dialects.kling.shapes import Envelope


class Settings(Struct, kw_only=True, forbid_unknown_fields=True):
    """What the video is to be."""

    resolution: Annotated[str, Meta(description="720p, 1080p or 4k")] | None = None
    aspect_ratio: Annotated[str, Meta(description="16:9, 9:16 or 1:1")] | None = None
    duration: Annotated[int, Meta(description="Whole seconds; 5 if left out")] | None = None
    audio: Annotated[str, Meta(description="native, off or, with a video that is given, original")] | None = (
        None
    )
    multi_shot: Annotated[bool, Meta(description="Whether it may have several shots")] | None = None


class Options(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is done beside it."""

    callback_url: Callback | None = None
    external_task_id: Own | None = None
    watermark_info: Watermark | None = None


class TextToVideo(Struct, kw_only=True):
    """`prompt` is required."""

    prompt: Prompt
    settings: Settings | None = None
    options: Options | None = None


class Content(Struct, kw_only=True, forbid_unknown_fields=True):
    """A piece of what to start from, told by its `type`: words, a frame, an element, a picture or a video."""

    type: str
    text: str | None = None
    url: Picture | None = None
    element_id: int | str | None = None
    id: Annotated[int | str, Meta(description="The name by which the prompt calls it")] | None = None


class ImageToVideo(Struct, kw_only=True):
    """`contents` holds a `first_frame`; also a `prompt`, a `last_frame`, and up to three of `element`."""

    contents: Annotated[list[Content], Meta(min_length=1, max_length=20)]
    settings: Settings | None = None
    options: Options | None = None


class OmniVideo(ImageToVideo, kw_only=True):
    """`contents` holds a `prompt`; also frames, `refer_image`, `element`, and one of `feature_video`, `base_video`."""


class Created(Struct):
    """What a create request is told."""

    id: str
    status: Annotated[str, Meta(description="submitted, processing, succeeded or failed")]
    create_time: int
    update_time: int
    external_id: str


class Output(Struct):
    """A finished file. `duration` is empty where a picture has none."""

    type: Annotated[str, Meta(description="video, image or audio")]
    id: str
    url: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    mp3_url: str | UnsetType = UNSET
    mp3_duration: str | UnsetType = UNSET


class Billing(Struct):
    """What was charged, in USD; `test_balance` for what the sandbox made."""

    charge_type: str
    cash_type: str
    amount: str
    currency: str
    package_type: str
    list_price: str


class TaskObject(Struct):
    """A task. `message` says why it failed."""

    id: str
    status: str
    message: str
    create_time: int
    update_time: int
    external_id: str
    outputs: list[Output]
    billing: list[Billing]


class CreatedAnswer(Envelope):
    """The answer to create."""

    data: Created


class TasksAnswer(Envelope):
    """The answer to a query."""

    data: list[TaskObject]


class Condition(Struct, forbid_unknown_fields=True):
    """What listed tasks must have."""

    key: Annotated[str, Meta(description="status or product_type")]
    values: list[str]


class Search(Struct, kw_only=True):
    """Which tasks to list. `start_time` and `end_time` are refused: all tasks are searched."""

    start_time: str | int | None = None
    end_time: str | int | None = None
    cursor: Annotated[str, Meta(description="`next_cursor` of the page before")] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    filters: Annotated[list[Condition], Meta(max_length=2)] | None = None


class Found(Struct):
    """One page of tasks, newest first."""

    result: list[TaskObject]
    count: int
    has_more: bool
    next_cursor: str


class SearchAnswer(Envelope):
    """The answer to a search."""

    data: Found
