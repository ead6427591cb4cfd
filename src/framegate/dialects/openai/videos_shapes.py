"""The JSON of `/v1/videos`, both ways.

Source: openai/openai-openapi at f85dbe2 (2026-08-21), schemas CreateVideo*, VideoResource, VideoListResource,
DeletedVideoResource, VideoCharacterResource; the fields of self-hosted servers: vLLM-Omni docs/serving/videos_api.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Prompt = Annotated[str, Meta(description="1 to 32,000 characters")]
Model = Annotated[str, Meta(description="sora-2 if left out; any model that makes videos")]
Seconds = Annotated[
    str | float, Meta(description='Whole seconds as a text, such as "4", "8" or "12"; a number is taken, too')
]
Size = Annotated[
    str,
    Meta(description="Width x height in pixels, such as 720x1280 (if left out), 1280x720 or 1792x1024"),
]
Callback = Annotated[str, Meta(description="Ours: a URL; the webhook's body is posted there at the end")]


class ImageReference(Struct, kw_only=True):
    """A picture that is no file of the form. Exactly one of the two."""

    image_url: Annotated[str, Meta(description="A URL or a data URL")] | None = None
    file_id: Annotated[str, Meta(description="The id of an upload (POST /v1/uploads)")] | None = None


class VideoReference(Struct, kw_only=True):
    """A video that was made here."""

    id: Annotated[str, Meta(description="The id of a completed video")]


class CharacterReference(Struct, kw_only=True):
    """Somebody who is to appear."""

    id: Annotated[str, Meta(description="The id of a character (POST /v1/videos/characters)")]


class NewCharacter(Struct, kw_only=True):
    """The form that makes a character."""

    name: Annotated[str, Meta(description="1 to 80 characters; prompts call the character so")]
    video: Annotated[str, Meta(description="A file of the form: a short video of the character")]


class Character(Struct, kw_only=True):
    """A character. `created_at` in Unix seconds."""

    id: str
    name: str
    created_at: int


Reference = Annotated[
    str | ImageReference, Meta(description="The first frame: a file of the form, or {image_url} or {file_id}")
]
Source = Annotated[str | VideoReference, Meta(description="The video: a file of the form, or {id}")]


class NewVideo(Struct, kw_only=True):
    """The body of the create request. From `negative_prompt` on the fields are those of self-hosted servers."""

    prompt: Prompt
    model: Model | None = None
    seconds: Seconds | None = None
    size: Size | None = None
    input_reference: Reference | None = None
    characters: (
        Annotated[
            list[CharacterReference], Meta(description="At most 2; the prompt calls them by their names")
        ]
        | None
    ) = None
    callback_url: Callback | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    fps: Annotated[int, Meta(description="1 to 120")] | None = None
    guidance_scale: float | None = None
    generate_sound: bool | None = None
    num_inference_steps: int | None = None
    guidance_scale_2: float | None = None
    true_cfg_scale: float | None = None
    flow_shift: float | None = None
    boundary_ratio: float | None = None
    sound_duration: float | None = None
    enable_frame_interpolation: bool | None = None
    frame_interpolation_exp: int | None = None
    frame_interpolation_scale: float | None = None
    enable_teacache: bool | None = None


class Remix(Struct, kw_only=True):
    """The body of a remix."""

    prompt: Prompt
    callback_url: Callback | None = None


class Edit(Struct, kw_only=True):
    """The body of an edit. `model` counts with an uploaded file; a video of ours has one already."""

    prompt: Prompt
    video: Source
    model: Model | None = None
    callback_url: Callback | None = None


class Extension(Edit, kw_only=True):
    """The body of an extension; `seconds` is the length of what is added."""

    seconds: Seconds


class ErrorObject(Struct):
    """Why a video failed."""

    code: str
    message: str


class VideoObject(Struct, kw_only=True):
    """A video. Times are Unix seconds; `progress` is 0 to 100; `seconds` a text."""

    id: str
    object: Literal["video"] = "video"
    model: str
    status: Literal["queued", "in_progress", "completed", "failed"]
    progress: int
    created_at: int
    completed_at: int | None
    expires_at: int | None
    prompt: str | None
    size: str
    seconds: str
    remixed_from_video_id: str | None
    error: ErrorObject | None


class VideoList(Struct, kw_only=True):
    """One page."""

    object: Literal["list"] = "list"
    data: list[VideoObject]
    first_id: str | None
    last_id: str | None
    has_more: bool


class Deleted(Struct, kw_only=True):
    """The answer to a deletion."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: bool


class EventData(Struct, kw_only=True):
    """What a webhook is about."""

    id: str


class Event(Struct, kw_only=True):
    """A webhook's body."""

    id: str
    object: Literal["event"] = "event"
    created_at: int
    type: Literal["video.completed", "video.failed"]
    data: EventData
