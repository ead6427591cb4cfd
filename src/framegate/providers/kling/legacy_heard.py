"""The fields of Kling's older paths for people who speak and move, and for what is heard.

| path | made of | source |
|---|---|---|
| /v1/videos/avatar/image2video | image, and sound_file or audio_id (2 to 300 s) | legacy page `avatar`, 2026-02 |
| /v1/videos/motion-control | image_url, video_url (3 to 30 s) | legacy page `motion-control`, 2026-02 |
| /v1/audio/tts | text, voice_id, voice_language, voice_speed | legacy page `tts`, 2026-02 |
| /v1/audio/text-to-audio | prompt, duration (3.0 to 10.0) | legacy page `text-to-audio`, 2026-02 |
| /v1/audio/video-to-audio | video_url or video_id (3 to 20 s) | legacy page `video-to-audio`, 2026-02 |

`model_name` of a motion is in no page of 2026-02; Vercel's AI SDK sends it (`kling-v2-6`, `kling-v3`), and with
`kling-v3` an `element_list` (packages/klingai, read 2026-11). `/v1/audio/tts` answers with the result and takes no id
of ours, so whether a speech was made whose answer was lost is for the operator to find out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from framegate.core.task import Media, Order, Role
from framegate.core.wire import Embed, Json
from framegate.providers.kling.envelope import picture
from framegate.providers.kling.legacy_paths import AVATAR, MOTION, mode_of, own_name

TTS = "/v1/audio/tts"
TEXT_TO_AUDIO = "/v1/audio/text-to-audio"
VIDEO_TO_AUDIO = "/v1/audio/video-to-audio"
SOUND_LIMIT = 5_000_000
"""Bytes of a sound file."""
LANGUAGE = "zh"
"""What Kling takes a text to be in when nothing is said."""


def sound(media: Media) -> Json:
    """A sound as bare base64; a link when it is too large for that."""
    return Embed(media.blob, "base64") if media.blob.size <= SOUND_LIMIT else media.url


def made(order: Order) -> str | None:
    """Kling's own id of what the task that is continued made."""
    return order.parent.handle.get("video") if order.parent else None


def avatar(order: Order) -> dict[str, Json]:
    face, voice = order.first(Role.FIRST_FRAME), order.first(Role.AUDIO)
    return {
        "model_name": None,
        "image": picture(face) if face else None,
        "sound_file": sound(voice) if voice else None,
        "audio_id": None if voice else made(order),
        "mode": mode_of(order),
    }


def motion(order: Order) -> dict[str, Json]:
    """The page says that an orientation must be given; that of the video takes motions of any length."""
    face, film = order.first(Role.FIRST_FRAME), order.first(Role.VIDEO)
    said = order.spec.extra.get("character_orientation")
    return {
        "model_name": own_name(order.model),
        "image_url": picture(face) if face else None,
        "video_url": film.url if film else None,
        "character_orientation": cast("Json", said or "video"),
        "mode": mode_of(order),
    }


def speech(order: Order) -> dict[str, Json]:
    spec = order.spec
    return {
        "model_name": None,
        "text": spec.prompt or None,
        "voice_id": spec.voice,
        "voice_language": spec.language or LANGUAGE,
    }


def sound_of_words(order: Order) -> dict[str, Json]:
    return {"model_name": None, "duration": tenths(order.spec.seconds or 5.0)}


def sound_of_video(order: Order) -> dict[str, Json]:
    film = order.first(Role.VIDEO)
    return {
        "model_name": None,
        "video_url": film.url if film else None,
        "video_id": None if film else made(order),
        "sound_effect_prompt": order.spec.prompt or None,
    }


def tenths(seconds: float) -> float:
    """Kling counts a sound in tenths of a second."""
    return round(seconds, 1)


HEARD_FIELDS: dict[str, Callable[[Order], dict[str, Json]]] = {
    AVATAR: avatar,
    MOTION: motion,
    TTS: speech,
    TEXT_TO_AUDIO: sound_of_words,
    VIDEO_TO_AUDIO: sound_of_video,
}
