"""What clients of Runway's developer API send for sound and speech (PyPI `runwayml` 5.24.0, types)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from framegate.dialects.runway.developer_shapes import Asked, Link, Medium

Seconds = Annotated[float, Meta(description="Seconds, with parts")]
Variants = Annotated[int, Meta(ge=1, le=10, description="How many")]
Only = Meta(description="Only a Runway upstream gets it")


class Voice(Struct, rename="camel", forbid_unknown_fields=True):
    """Who speaks: a voice of Runway's, or that of a recording."""

    type: Annotated[str, Meta(description="runway-preset or reference-audio")]
    preset_id: Annotated[str | None, Meta(description="A name such as Maya")] = None
    audio_uri: Link | None = None


class SoundEffect(Asked, kw_only=True, rename="camel"):
    """POST /v1/sound_effect."""

    prompt_text: Annotated[str | None, Meta(description="What is to be heard")] = None
    duration: Seconds | None = None
    loop: Annotated[bool | None, Meta(description="Whether the end leads back to the beginning")] = None
    seed: int | None = None
    negative_prompt: str | None = None
    num_variants: Variants | None = None
    format: str | None = None
    output_format: str | None = None
    reference_audios: Annotated[list[Link], Meta(max_length=3)] | None = None
    loudness_rate: Annotated[int | None, Only] = None
    pitch_rate: Annotated[int | None, Only] = None
    speech_rate: Annotated[int | None, Only] = None
    sample_rate: Annotated[int | None, Only] = None


class VideoToAudio(Asked, kw_only=True, rename="camel"):
    """POST /v1/video_to_audio."""

    video_uri: Link | None = None
    prompt_text: str | None = None
    duration: Seconds | None = None
    seed: int | None = None
    negative_prompt: str | None = None
    num_variants: Variants | None = None
    format: str | None = None
    preserve_speech: Annotated[bool | None, Only] = None


class TextToSpeech(Asked, kw_only=True, rename="camel"):
    """POST /v1/text_to_speech."""

    prompt_text: Annotated[str | None, Meta(description="The words to be said")] = None
    voice: Voice | None = None
    language_code: Annotated[str | None, Meta(description="Such as en")] = None
    seed: int | None = None
    output_format: str | None = None
    next_text: Annotated[str | None, Only] = None
    previous_text: Annotated[str | None, Only] = None
    similarity_boost: Annotated[float | None, Only] = None
    speed: Annotated[float | None, Only] = None
    stability: Annotated[float | None, Only] = None
    style: Annotated[float | None, Only] = None
    use_speaker_boost: Annotated[bool | None, Only] = None
    apply_text_normalization: Annotated[str | None, Only] = None
    loudness_rate: Annotated[int | None, Only] = None
    pitch_rate: Annotated[int | None, Only] = None
    speech_rate: Annotated[int | None, Only] = None
    sample_rate: Annotated[int | None, Only] = None


class SpeechToSpeech(Asked, kw_only=True, rename="camel"):
    """POST /v1/speech_to_speech."""

    media: Annotated[Medium | None, Meta(description="What is said: audio or video")] = None
    voice: Voice | None = None
    remove_background_noise: Annotated[bool | None, Only] = None


class VoiceDubbing(Asked, kw_only=True, rename="camel"):
    """POST /v1/voice_dubbing."""

    audio_uri: Link | None = None
    target_lang: Annotated[str | None, Meta(description="Such as fr")] = None
    disable_voice_cloning: Annotated[bool | None, Only] = None
    drop_background_audio: Annotated[bool | None, Only] = None
    num_speakers: Annotated[int | None, Only] = None


class VoiceIsolation(Asked, kw_only=True, rename="camel"):
    """POST /v1/voice_isolation."""

    audio_uri: Link | None = None
