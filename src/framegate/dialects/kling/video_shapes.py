"""The JSON of `/v1/videos/text2video` and `/v1/videos/image2video`, as a client sends it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from framegate.dialects.kling.requests import (
    Aspect,
    Duration,
    Guidance,
    Mode,
    Negative,
    Picture,
    Prompt,
    Request,
    Switch,
)

Step = Annotated[float, Meta(ge=-10, le=10)]


class CameraConfig(Struct, kw_only=True, forbid_unknown_fields=True):
    """One of the six is not 0."""

    horizontal: Step | None = None
    vertical: Step | None = None
    pan: Step | None = None
    tilt: Step | None = None
    roll: Step | None = None
    zoom: Step | None = None


class CameraControl(Struct, kw_only=True, forbid_unknown_fields=True):
    """`config` is for the type `simple` alone."""

    type: str | None = None
    config: CameraConfig | None = None


class Point(Struct, forbid_unknown_fields=True):
    """Pixels from the lower left corner."""

    x: float
    y: float


class DynamicMask(Struct, forbid_unknown_fields=True):
    """What moves, and along which points."""

    mask: Picture
    trajectories: Annotated[list[Point], Meta(min_length=2, max_length=77)]


class Voice(Struct, forbid_unknown_fields=True):
    """`<<<voice_1>>>` in the prompt is the first of them."""

    voice_id: str


class Element(Struct, forbid_unknown_fields=True):
    """An element of the library at Kling."""

    element_id: int | str


class Shot(Struct, forbid_unknown_fields=True):
    """One shot of several: its place from 1, its words, its whole seconds as a text."""

    index: int
    prompt: Annotated[str, Meta(max_length=512)]
    duration: Duration


class Video(Request, kw_only=True):
    """What both have."""

    prompt: Prompt | None = None
    negative_prompt: Negative | None = None
    mode: Mode | None = None
    duration: Duration | None = None
    aspect_ratio: Aspect | None = None
    cfg_scale: Guidance | None = None
    camera_control: CameraControl | None = None
    sound: Switch | None = None
    voice_list: Annotated[list[Voice], Meta(max_length=2)] | None = None
    multi_shot: bool | None = None
    shot_type: Annotated[str, Meta(description="customize or intelligence")] | None = None
    multi_prompt: Annotated[list[Shot], Meta(min_length=1, max_length=6)] | None = None
    element_list: Annotated[list[Element], Meta(max_length=10)] | None = None


class TextToVideo(Video, kw_only=True):
    """`prompt` is required, except with shots of your own."""


class ImageToVideo(Video, kw_only=True):
    """`image`, `image_tail` or both are required."""

    image: Picture | None = None
    image_tail: Picture | None = None
    static_mask: Picture | None = None
    dynamic_masks: Annotated[list[DynamicMask], Meta(max_length=6)] | None = None
