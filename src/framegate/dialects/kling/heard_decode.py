"""A request to one of Kling's paths for people who speak and move, or for what is heard, in our words.

| their word | ours | source |
|---|---|---|
| avatar: image, sound_file | first_frame, audio | legacy page `avatar`, 2026-02 |
| avatar: audio_id | parent: the speech that was made at `audio/tts` | the same page |
| motion-control: image_url, video_url | first_frame, video | legacy page `motion-control`, 2026-02 |
| motion-control: model_name, element_list | model; as it is | Vercel's AI SDK, packages/klingai, 2026-11 |
| tts: text, voice_id, voice_language | prompt, voice, language | legacy page `tts`, 2026-02 |
| text-to-audio: prompt, duration | prompt, seconds | legacy page `text-to-audio`, 2026-02 |
| video-to-audio: video_url, video_id, sound_effect_prompt | video, parent, prompt | legacy page, 2026-02 |
| all else | as it is, for Kling itself | the same pages |

All but `motion-control` have no model; `kling-avatar`, `tts-kling`, `sound-kling` and `sound-kling-video`
are our names for them: those of what is heard begin as `core.kinds` tells kinds.
"""

from __future__ import annotations

from typing import Any

from framegate.core.dialect import Call, invalid
from framegate.core.task import Kind, Role, Spec
from framegate.dialects.kling.clips_decode import task_of
from framegate.dialects.kling.heard_shapes import Avatar, Motion, SoundOfVideo, SoundOfWords, Speech
from framegate.dialects.kling.requests import model_of, one_of, prompt_of, quality_of, spec_of

AVATAR = "videos/avatar/image2video"
MOTION = "videos/motion-control"
TTS = "audio/tts"
TEXT_TO_AUDIO = "audio/text-to-audio"
VIDEO_TO_AUDIO = "audio/video-to-audio"
PATIENCE = 60.0
"""Seconds for which a request for speech waits, whose answer is the result."""


def decode_avatar(call: Call) -> Spec:
    """A face that says something. Raises `Trouble` in the client's words."""
    body: Avatar = call.body
    if not body.image:
        raise invalid("image", "image is required: a URL or base64 of who speaks")
    if bool(body.sound_file) == bool(body.audio_id):
        raise invalid("sound_file", "give sound_file or audio_id: one of them")
    return spec_of(
        call,
        AVATAR,
        Kind.VIDEO,
        model_of(body, "kling-avatar"),
        inputs=((Role.FIRST_FRAME, body.image), (Role.AUDIO, body.sound_file)),
        parent=task_of(body.audio_id, "audio_id") if body.audio_id else None,
        prompt=prompt_of(body.prompt),
        memo={"audio_id": body.audio_id} if body.audio_id else {},
        **better_of(body.mode),
    )


def better_of(mode: str | None) -> dict[str, Any]:
    """The two modes that there are here."""
    return quality_of(one_of(mode, ("std", "pro"), "mode"))


def decode_motion(call: Call) -> Spec:
    """A character who moves as somebody in a video. Raises `Trouble` in the client's words."""
    body: Motion = call.body
    for field in ("image_url", "video_url", "character_orientation", "mode"):
        if not getattr(body, field):
            raise invalid(field, f"{field} is required")
    one_of(body.character_orientation, ("image", "video"), "character_orientation")
    one_of(body.keep_original_sound, ("yes", "no"), "keep_original_sound")
    return spec_of(
        call,
        MOTION,
        Kind.VIDEO,
        model_of(body, "kling-v2-6"),
        inputs=((Role.FIRST_FRAME, body.image_url), (Role.VIDEO, body.video_url)),
        extra=("character_orientation", "keep_original_sound", "element_list"),
        prompt=prompt_of(body.prompt),
        **better_of(body.mode),
    )


def decode_speech(call: Call) -> Spec:
    """A text that is said. Raises `Trouble` in the client's words."""
    body: Speech = call.body
    if not body.voice_id.isprintable():
        raise invalid("voice_id", "voice_id must be the name of a voice, in printable characters")
    return spec_of(
        call,
        TTS,
        Kind.SPEECH,
        model_of(body, "tts-kling"),
        extra=("voice_speed",),
        prompt=prompt_of(body.text, "text", required=True),
        voice=body.voice_id,
        language=one_of(body.voice_language, ("zh", "en"), "voice_language") or "zh",
    )


def decode_sound_of_words(call: Call) -> Spec:
    """A sound that is described. Raises `Trouble` in the client's words."""
    body: SoundOfWords = call.body
    if round(body.duration, 1) != body.duration:
        raise invalid("duration", "duration must be seconds in tenths, such as 4.5")
    return spec_of(
        call,
        TEXT_TO_AUDIO,
        Kind.SOUND,
        model_of(body, "sound-kling"),
        prompt=prompt_of(body.prompt, required=True),
        seconds=body.duration,
    )


def decode_sound_of_video(call: Call) -> Spec:
    """The sound of a silent video. Raises `Trouble` in the client's words."""
    body: SoundOfVideo = call.body
    if bool(body.video_id) == bool(body.video_url):
        raise invalid("video_url", "give video_url or video_id: one of them")
    return spec_of(
        call,
        VIDEO_TO_AUDIO,
        Kind.SOUND,
        model_of(body, "sound-kling-video"),
        inputs=((Role.VIDEO, body.video_url),),
        extra=("bgm_prompt", "asmr_mode"),
        parent=task_of(body.video_id, "video_id") if body.video_id else None,
        prompt=prompt_of(body.sound_effect_prompt, "sound_effect_prompt"),
        memo={"video_id": body.video_id} if body.video_id else {},
    )
