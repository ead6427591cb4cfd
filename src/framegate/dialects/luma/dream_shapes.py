"""The JSON of Luma's Dream Machine API, both ways. Source: PyPI `lumaai` 1.21.0, types; lumaai-api of 2025-06.

`generation_type` may always be left out: the path says what is wanted.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

FilmModel = Annotated[str, Meta(description="ray-2, ray-flash-2, ray-1-6, or any other model's name")]
PictureModel = Annotated[str, Meta(description="photon-1, photon-flash-1, or any other model's name")]
Prompt = Annotated[str, Meta(description="At most 20,000 characters; Luma takes 3 to 5,000")]
Aspect = Annotated[str, Meta(description="16:9, 1:1, 9:16, 4:3, 3:4, 21:9, 9:21 or another shape")]
Resolution = Annotated[str, Meta(description="540p, 720p, 1080p or 4k")]
Callback = Annotated[
    str, Meta(description="A URL; the generation is posted there when it dreams, and when it ends")
]
Link = Annotated[str, Meta(description="An http(s) URL; a data URI or an upload is taken, too")]
Weight = Annotated[float, Meta(description="How much the picture counts: 0 to 1", ge=0, le=1)]
Format = Annotated[str, Meta(description="jpg or png")]
Pixels = Annotated[int, Meta(description="Pixels", ge=-100_000, le=100_000)]
Way = Annotated[str, Meta(description="What the path says already")]


class ImageFrame(Struct, tag_field="type", tag="image", forbid_unknown_fields=True):
    """A picture as the first or the last frame."""

    url: Link


class GenerationFrame(Struct, tag_field="type", tag="generation", forbid_unknown_fields=True):
    """A finished generation that the new one goes on from (as frame0), or leads up to (as frame1)."""

    id: str


class Keyframes(Struct, forbid_unknown_fields=True):
    """Where the video begins and ends."""

    frame0: ImageFrame | GenerationFrame | None = None
    frame1: ImageFrame | GenerationFrame | None = None


class Concept(Struct, forbid_unknown_fields=True):
    """A camera move, by its key in the list of concepts."""

    key: Annotated[str, Meta(min_length=1, max_length=100)]


class Reference(Struct, forbid_unknown_fields=True):
    """A picture that guides the new one."""

    url: Link
    weight: Weight | None = None


class Identity(Struct, forbid_unknown_fields=True):
    """Pictures of one person."""

    images: list[Link]


class Medium(Struct, forbid_unknown_fields=True):
    """A picture or a video."""

    url: Link


class Asked(Struct, kw_only=True):
    """The fields of every request."""

    generation_type: Way | None = None
    callback_url: Callback | None = None


class NewVideo(Asked, kw_only=True):
    """A video from words, pictures, or a finished generation."""

    model: FilmModel | None = None
    prompt: Prompt | None = None
    aspect_ratio: Aspect | None = None
    duration: Annotated[str, Meta(description="5s or 9s; 5s if left out")] | None = None
    resolution: Resolution | None = None
    loop: bool | None = None
    keyframes: Keyframes | None = None
    concepts: list[Concept] | None = None


class NewImage(Asked, kw_only=True):
    """A picture from words and other pictures."""

    model: PictureModel | None = None
    prompt: Prompt | None = None
    aspect_ratio: Aspect | None = None
    format: Format | None = None
    image_ref: list[Reference] | None = None
    style_ref: list[Reference] | None = None
    character_ref: dict[str, Identity] | None = None
    modify_image_ref: Reference | None = None
    sync: Annotated[bool, Meta(description="Whether to answer when the picture is there")] | None = None
    sync_timeout: (
        Annotated[float, Meta(description="Seconds that `sync` waits; 60 if left out", gt=0, le=300)] | None
    ) = None


class Modify(Asked, kw_only=True):
    """A video in another style."""

    model: FilmModel
    media: Medium
    mode: Annotated[
        str,
        Meta(description="adhere_1 to adhere_3, flex_1 to flex_3, reimagine_1 to reimagine_3: how freely"),
    ]
    first_frame: Medium | None = None
    prompt: Prompt | None = None


class Reframe(Asked, kw_only=True):
    """The old picture in a frame of another shape. The numbers say where it lies in the new one."""

    media: Medium
    aspect_ratio: Aspect
    prompt: Prompt | None = None
    grid_position_x: Pixels | None = None
    grid_position_y: Pixels | None = None
    x_start: Pixels | None = None
    x_end: Pixels | None = None
    y_start: Pixels | None = None
    y_end: Pixels | None = None
    resized_width: Pixels | None = None
    resized_height: Pixels | None = None


class ReframeVideo(Reframe, kw_only=True):
    """A video in another shape."""

    model: FilmModel
    first_frame: Medium | None = None


class ReframeImage(Reframe, kw_only=True):
    """A picture in another shape."""

    model: PictureModel
    format: Format | None = None


class Upscale(Asked, kw_only=True):
    """A finished video, larger."""

    resolution: Resolution | None = None


class AddAudio(Asked, kw_only=True):
    """A finished video, with sound."""

    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None


class Assets(Struct):
    """Signed links to what was made."""

    video: str | UnsetType = UNSET
    image: str | UnsetType = UNSET
    progress_video: str | UnsetType = UNSET


class Generation(Struct):
    """What everything answers, and what a callback brings. `request` is the request, with our links to its media."""

    id: str
    generation_type: Annotated[str, Meta(description="video or image: what is made")]
    state: Annotated[str, Meta(description="queued, dreaming, completed or failed")]
    failure_reason: str | None
    created_at: str
    assets: Assets | None
    model: str
    request: dict[str, Any]


class Generations(Struct):
    """A page of generations, newest first; `count` is how many it holds."""

    has_more: bool
    count: int
    limit: int
    offset: int
    generations: list[Generation]


class Credits(Struct):
    """What is left, in cents of a dollar."""

    credit_balance: float


class Pong(Struct):
    """A sign of life."""

    message: str
