"""The JSON of Kling's other video paths: from several pictures and videos, and with finished videos."""

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
from framegate.dialects.kling.video_shapes import Element, Shot

VideoId = Annotated[str, Meta(description="`id` of a finished video, or the id of the task that made it")]
Link = Annotated[str, Meta(description="A URL")]


class OmniPicture(Struct, kw_only=True, forbid_unknown_fields=True):
    """`<<<image_1>>>` in the prompt is the first of them. A picture with no type is one to refer to."""

    image_url: Picture
    type: Annotated[str, Meta(description="first_frame or end_frame")] | None = None


class OmniClip(Struct, kw_only=True, forbid_unknown_fields=True):
    """`<<<video_1>>>` in the prompt."""

    video_url: Link
    refer_type: Annotated[str, Meta(description="base: is changed; feature: is referred to")] | None = None
    keep_original_sound: Annotated[str, Meta(description="yes or no")] | None = None


class OmniVideo(Request, kw_only=True):
    """`prompt` is required, except with shots of your own."""

    prompt: Prompt | None = None
    image_list: Annotated[list[OmniPicture], Meta(max_length=7)] | None = None
    element_list: Annotated[list[Element], Meta(max_length=7)] | None = None
    video_list: Annotated[list[OmniClip], Meta(max_length=1)] | None = None
    mode: Mode | None = None
    aspect_ratio: Aspect | None = None
    duration: Duration | None = None
    sound: Switch | None = None
    multi_shot: bool | None = None
    shot_type: Annotated[str, Meta(description="customize or intelligence")] | None = None
    multi_prompt: Annotated[list[Shot], Meta(min_length=1, max_length=6)] | None = None


class ListedPicture(Struct, forbid_unknown_fields=True):
    """A picture of something that is to be in the video."""

    image: Picture


class MultiImageVideo(Request, kw_only=True):
    """`image_list` and `prompt` are required."""

    image_list: Annotated[list[ListedPicture], Meta(min_length=1, max_length=4)]
    prompt: Prompt | None = None
    negative_prompt: Negative | None = None
    mode: Mode | None = None
    duration: Duration | None = None
    aspect_ratio: Aspect | None = None


class Extend(Request, kw_only=True):
    """Four to five seconds more of a finished video."""

    video_id: VideoId
    prompt: Prompt | None = None
    negative_prompt: Negative | None = None
    cfg_scale: Guidance | None = None


class Speech(Struct, kw_only=True, forbid_unknown_fields=True):
    """Whose lips are to move, and to what: `text` with a voice, or a sound."""

    mode: Annotated[str, Meta(description="text2video or audio2video")]
    video_id: VideoId | None = None
    video_url: Link | None = None
    text: Annotated[str, Meta(max_length=120)] | None = None
    voice_id: str | None = None
    voice_language: Annotated[str, Meta(description="zh or en")] | None = None
    voice_speed: Annotated[float, Meta(ge=0.8, le=2)] | None = None
    audio_type: Annotated[str, Meta(description="file or url")] | None = None
    audio_file: Annotated[str, Meta(description="Base64")] | None = None
    audio_url: Link | None = None


class LipSync(Request, kw_only=True):
    """All is in `input`."""

    input: Speech


class Scene(Struct, kw_only=True, forbid_unknown_fields=True):
    """One picture, or two of two people; some older scenes take a mode."""

    image: Picture | None = None
    images: Annotated[list[Picture], Meta(min_length=2, max_length=2)] | None = None
    duration: Duration | None = None
    mode: Mode | None = None
    model_name: str | None = None


class Effects(Request, kw_only=True):
    """`effect_scene` is a word of Kling's list of scenes."""

    effect_scene: Annotated[str, Meta(min_length=1, max_length=100)]
    input: Scene
