"""What clients of Runway's developer API send (PyPI `runwayml` 5.24.0, types). The answers: `developer_answers.py`.

A body holds the fields of all models of its path; which model takes which is in the tables, `developer_rows.py`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Link = Annotated[str, Meta(description="An https URL, a data URI, or the runway:// URI of an upload")]
Duration = Annotated[int | str, Meta(description="Whole seconds, or `auto`")]
Ratio = Annotated[str, Meta(description="1280:720 in pixels, 16:9, or `auto…` as the model has it")]


class Frame(Struct, forbid_unknown_fields=True):
    """A picture in its place."""

    uri: Link
    position: Annotated[str | None, Meta(description="first or last; left out: a picture to refer to")] = None


class Tagged(Struct, forbid_unknown_fields=True):
    """A picture to refer to."""

    uri: Link
    tag: Annotated[str | None, Meta(description="How the prompt calls it: @tag")] = None
    subject: Annotated[str | None, Meta(description="object or human")] = None


class Medium(Struct, forbid_unknown_fields=True):
    """A sound or a video to refer to."""

    uri: Link
    type: Annotated[str | None, Meta(description="image, audio or video, as the field's name says")] = None


class Moderation(Struct, rename="camel", forbid_unknown_fields=True):
    """How strict Runway is; only a Runway upstream gets it."""

    public_figure_threshold: Annotated[str | None, Meta(description="auto or low")] = None


class Shot(Struct, forbid_unknown_fields=True):
    """One shot of several."""

    prompt: str
    duration: int


class ProviderSettings(Struct, rename="camel", forbid_unknown_fields=True):
    """What only Kling's models take; only a Runway upstream gets it."""

    multi_prompt: list[Shot] | None = None
    shot_type: Annotated[str | None, Meta(description="intelligence or customize")] = None
    keep_original_sound: bool | None = None


class Span(Struct, forbid_unknown_fields=True):
    """A part of a video, in seconds."""

    start_seconds: float
    end_seconds: float


class Keyframe(Struct, forbid_unknown_fields=True):
    """A picture at a moment of the video; only a Runway upstream gets it."""

    uri: Annotated[str, Meta(description="An https URL")]
    seconds: float | None = None
    at: float | None = None
    range: Span | None = None


class Asked(Struct, kw_only=True, rename="camel"):
    """What every request has."""

    model: Annotated[str, Meta(description="A model's name")]


class Made(Asked, kw_only=True, rename="camel"):
    """What is made from words has these."""

    prompt_text: Annotated[str | None, Meta(description="What to make")] = None
    ratio: Ratio | None = None
    seed: int | None = None
    content_moderation: Moderation | None = None


class Video(Made, kw_only=True, rename="camel"):
    """What the three ways to a video share."""

    duration: Duration | None = None
    resolution: Annotated[str | None, Meta(description="480p, 720p, 768p, 1080p or 2k")] = None
    audio: Annotated[bool | None, Meta(description="Whether there is sound")] = None
    negative_prompt: Annotated[str | None, Meta(description="What to leave out")] = None
    cfg_scale: Annotated[float, Meta(ge=0, le=1, description="How closely to follow the prompt")] | None = (
        None
    )
    references: str | list[Frame] | None = None
    reference_audio: list[Medium] | None = None
    reference_videos: Annotated[list[Medium] | None, Meta(description="One at most")] = None
    provider_settings: ProviderSettings | None = None
    prompt_expansion_mode: str | None = None
    draft: bool | None = None
    output_format: str | None = None
    prores_profile: str | None = None


class ImageToVideo(Video, kw_only=True, rename="camel"):
    """POST /v1/image_to_video."""

    prompt_image: Annotated[
        str | list[Frame] | None,
        Meta(description="The first frame; or frames and references, each in its place"),
    ] = None
    watermark: Annotated[
        bool | None, Meta(description="Of older clients, for models that the SDK lists no more")
    ] = None


class TextToVideo(Video, kw_only=True, rename="camel"):
    """POST /v1/text_to_video."""

    draft_task_id: Annotated[str | None, Meta(description="Not served: refused by its name")] = None


class VideoToVideo(Video, kw_only=True, rename="camel"):
    """POST /v1/video_to_video."""

    prompt_video: Link | None = None
    video_uri: Link | None = None
    mode: Annotated[str | None, Meta(description="reference, extend or edit")] = None
    keyframes: list[Keyframe] | None = None
    target_aspect_ratio: Annotated[str | None, Meta(description="Such as 16:9")] = None


class TextToImage(Made, kw_only=True, rename="camel"):
    """POST /v1/text_to_image."""

    reference_images: list[Tagged] | None = None
    mask_uri: Link | None = None
    output_count: Annotated[int, Meta(ge=1, le=10)] | None = None
    quality: str | None = None
    output_format: str | None = None
    background: str | None = None
    background_color: str | None = None
    colors: list[str] | None = None
    grounding: bool | None = None
    edit: bool | None = None
    precise_edit: bool | None = None
    thinking_level: str | None = None


class CharacterPerformance(Made, kw_only=True, rename="camel"):
    """POST /v1/character_performance."""

    character: Annotated[Medium | None, Meta(description="Who acts: a picture")] = None
    reference: Annotated[Medium | None, Meta(description="The performance: a video")] = None
    body_control: bool | None = None
    expression_intensity: Annotated[int, Meta(ge=1, le=5)] | None = None


class VideoUpscale(Asked, kw_only=True, rename="camel"):
    """POST /v1/video_upscale."""

    video_uri: Link | None = None
    target_framerate: Annotated[str | None, Meta(description="24, 25, 30, 48, 50 or 60, as a text")] = None
    resolution: Annotated[str | None, Meta(description="720p, 1k, 2k or 4k")] = None
    flavor: str | None = None
    creativity: int | None = None
    sharpen: int | None = None
    smart_grain: int | None = None
    fps_boost: bool | None = None


class VideoToHdr(Asked, kw_only=True, rename="camel"):
    """POST /v1/video_to_hdr."""

    video_uri: Link | None = None
    output_format: str | None = None
    prores_profile: str | None = None


class ImageUpscale(Asked, kw_only=True, rename="camel"):
    """POST /v1/image_upscale."""

    image_uri: Link | None = None
    scale_factor: Annotated[int | None, Meta(description="2, 4, 8 or 16")] = None
    flavor: str | None = None
    sharpen: int | None = None
    smart_grain: int | None = None
    ultra_detail: int | None = None


class NewUpload(Struct, kw_only=True):
    """POST /v1/uploads."""

    filename: Annotated[str, Meta(min_length=1, max_length=200)]
    type: Annotated[str, Meta(description="ephemeral")] = "ephemeral"


class Period(Struct, kw_only=True, rename="camel"):
    """POST /v1/organization/usage."""

    start_date: Annotated[str | None, Meta(description="YYYY-MM-DD, UTC; 30 days ago if left out")] = None
    before_date: Annotated[
        str | None, Meta(description="YYYY-MM-DD, not inclusive, at most 90 days after the start")
    ] = None
