"""The JSON of Kling's paths for people who speak and move, and for what is heard, as a client sends it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from framegate.dialects.kling.clips_shapes import Link, VideoId
from framegate.dialects.kling.requests import Picture, Prompt, Request
from framegate.dialects.kling.video_shapes import Element

Short = Annotated[str, Meta(max_length=200)]
Mode = Annotated[str, Meta(description="std (720p) or pro (1080p)")]
Sound = Annotated[str, Meta(description="A URL, or base64: mp3, wav, m4a or aac of 2 to 300 seconds")]


class Avatar(Request, kw_only=True):
    """A face and what it says: `sound_file` or `audio_id`."""

    image: Picture
    sound_file: Sound | None = None
    audio_id: Annotated[str, Meta(description="`id` of a speech that was made at /v1/audio/tts")] | None = (
        None
    )
    prompt: Prompt | None = None
    mode: Mode | None = None


class Motion(Request, kw_only=True):
    """A character and the video whose motions it makes."""

    image_url: Picture
    video_url: Link
    character_orientation: Annotated[
        str,
        Meta(
            description="image: as in the picture, for at most 10 s; video: as in the video, for at most 30 s"
        ),
    ]
    mode: Mode
    keep_original_sound: Annotated[str, Meta(description="yes or no")] | None = None
    prompt: Prompt | None = None
    element_list: Annotated[list[Element], Meta(max_length=10)] | None = None


class Speech(Request, kw_only=True):
    """A text and the voice that says it."""

    text: Annotated[str, Meta(max_length=1000)]
    voice_id: Annotated[str, Meta(min_length=1, max_length=200, description="One of Kling's own voices")]
    voice_language: Annotated[str, Meta(description="zh or en")] | None = None
    voice_speed: Annotated[float, Meta(ge=0.8, le=2)] | None = None


class SoundOfWords(Request, kw_only=True):
    """What is to be heard, and for how long."""

    prompt: Short
    duration: Annotated[float, Meta(ge=3, le=10, description="Seconds, in tenths")]


class SoundOfVideo(Request, kw_only=True):
    """A video of 3 to 20 seconds that is to be heard: `video_url` or `video_id`."""

    video_id: VideoId | None = None
    video_url: Link | None = None
    sound_effect_prompt: Short | None = None
    bgm_prompt: Short | None = None
    asmr_mode: bool | None = None
