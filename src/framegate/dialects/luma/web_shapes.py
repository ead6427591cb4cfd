"""The JSON of `/luma/v1/generations`, both ways.

Sources: the page of 2024-10-20 (create); resellers of the same format, 2024 (further fields, the finished video).
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

Prompt = Annotated[str, Meta(description="What to make; may be left out where an image is given")]
Aspect = Annotated[str, Meta(description="16:9, 9:16, 1:1, 4:3, 3:4, 21:9, 9:21 or another shape")]
Picture = Annotated[str, Meta(description="A URL, base64, a data URI, or the `url` of an upload")]
Duration = Annotated[str | float, Meta(description='Seconds, such as "5s" or "9s"; a number is taken, too')]


class NewGeneration(Struct, kw_only=True):
    """The body of create and of extend."""

    user_prompt: Prompt | None = None
    aspect_ratio: Aspect | None = None
    expand_prompt: Annotated[bool, Meta(description="Taken, and without effect")] | None = None
    loop: Annotated[bool, Meta(description="Whether the end leads back to the beginning")] | None = None
    image_url: Annotated[Picture, Meta(description="The first frame")] | None = None
    image_end_url: Annotated[Picture, Meta(description="The last frame")] | None = None
    notify_hook: Annotated[str, Meta(description="The answer of a query is posted there")] | None = None
    model_name: (
        Annotated[str, Meta(description="ray-v1, ray-v2, or any other model's name; ray-2 if left out")]
        | None
    ) = None
    duration: Duration | None = None
    resolution: Annotated[str, Meta(description="540p, 720p, 1080p or 4k")] | None = None


class Asked(Struct):
    """Asks for many generations in one request."""

    ids: Annotated[list[str], Meta(description="At most 100 ids; unknown ones are left out")]


class Frame(Struct):
    """A picture and its sides in pixels, which are those of the video that it is taken from."""

    url: str
    width: int | None
    height: int | None


class Video(Struct):
    """The finished video. `download_url` is the same file: nothing is written on it."""

    url: str
    width: int | None
    height: int | None
    thumbnail: str | None
    download_url: str


class Generation(Struct):
    """Fifteen keys, always there; `failure_reason` is added to one that failed."""

    id: str
    batch_id: str
    created_at: str
    prompt: str
    state: Annotated[str, Meta(description="pending, processing, completed or failed")]
    pipeline_id: str
    queue_state: None
    estimate_wait_seconds: None
    liked: None
    video: Video | None
    video_raw: Frame | None
    thumbnail: Frame | None
    last_frame: None
    user_id: str
    server_id: str
    failure_reason: str | UnsetType = UNSET


class Link(Struct):
    """Where the video is; or `detail`, which says why there is none."""

    url: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET


class Usage(Struct):
    """What is left, in whole cents of a dollar."""

    available: int


class User(Struct):
    """Who is asking."""

    id: str
    username: str
