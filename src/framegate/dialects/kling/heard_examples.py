"""The reference's examples for people who speak and move, and for what is heard. Each can be sent as it is."""

from __future__ import annotations

from framegate.core.wire import Json
from framegate.dialects.kling.examples import ID, OWN, PIXEL, shown

AVATAR: Json = {
    "image": "https://example.com/speaker.jpg",
    "audio_id": ID,
    "prompt": "she smiles at the camera",
    "mode": "std",
    **OWN,
}
MOTION: Json = {
    "model_name": "kling-v2-6",
    "image_url": PIXEL,
    "video_url": "upload:med_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "character_orientation": "video",
    "keep_original_sound": "yes",
    "mode": "std",
    "prompt": "on a beach",
    **OWN,
}
SPEECH: Json = {
    "text": "Good morning, everybody.",
    "voice_id": "genshin_vindi2",
    "voice_language": "en",
    "voice_speed": 1.0,
    **OWN,
}
SOUND_OF_WORDS: Json = {"prompt": "rain on a tin roof", "duration": 4.5, **OWN}
SOUND_OF_VIDEO: Json = {
    "video_url": "https://example.com/beach.mp4",
    "sound_effect_prompt": "waves and gulls",
    "bgm_prompt": "soft piano",
    "asmr_mode": False,
    **OWN,
}
HEARD = shown(
    {
        "audios": [
            {"id": ID, "url_mp3": "https://gateway.example/v1/artifacts/art_01.mp3", "duration_mp3": "4.5"}
        ]
    }
)
SPOKEN = shown(
    {"audios": [{"id": ID, "url": "https://gateway.example/v1/artifacts/art_01.mp3", "duration": "2.4"}]}
)
