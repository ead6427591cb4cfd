"""Requests and answers of Runway's developer API, as the reference shows them (fields: PyPI `runwayml` 5.24.0)."""

from __future__ import annotations

from framegate.core.wire import Json

IMAGE_TO_VIDEO: Json = {
    "model": "gen4_turbo",
    "promptImage": "https://example.com/boat.jpg",
    "promptText": "the boat sails away",
    "ratio": "1280:720",
    "duration": 5,
    "seed": 7,
}
TEXT_TO_VIDEO: Json = {
    "model": "veo3.1",
    "promptText": "a paper boat crosses a puddle",
    "ratio": "1280:720",
    "duration": 4,
    "audio": True,
}
VIDEO_TO_VIDEO: Json = {
    "model": "aleph2",
    "videoUri": "https://example.com/boat.mp4",
    "promptText": "make it evening",
    "targetAspectRatio": "16:9",
}
TEXT_TO_IMAGE: Json = {
    "model": "gen4_image",
    "promptText": "@boat in a storm",
    "ratio": "1920:1080",
    "referenceImages": [{"uri": "https://example.com/boat.jpg", "tag": "boat"}],
}
PERFORMANCE: Json = {
    "model": "act_two",
    "character": {"type": "image", "uri": "runway://med_01K8ZQ3V6T9M2B4C5D6E7F8G9H"},
    "reference": {"type": "video", "uri": "runway://med_01K8ZQ3V6T9M2B4C5D6E7F8G9J"},
    "ratio": "1280:720",
    "expressionIntensity": 3,
}
VIDEO_UPSCALE: Json = {
    "model": "magnific_video_upscaler_creative",
    "videoUri": "https://example.com/boat.mp4",
    "resolution": "4k",
    "flavor": "natural",
}
VIDEO_TO_HDR: Json = {"model": "ruby", "videoUri": "https://example.com/boat.mp4", "outputFormat": "hdr10"}
IMAGE_UPSCALE: Json = {
    "model": "magnific_precision_upscaler_v2",
    "imageUri": "https://example.com/boat.jpg",
    "scaleFactor": 4,
}
SOUND_EFFECT: Json = {
    "model": "eleven_text_to_sound_v2",
    "promptText": "rain on a tin roof",
    "duration": 4,
    "loop": True,
}
VIDEO_TO_AUDIO: Json = {
    "model": "mirelo_sfx_2_0",
    "videoUri": "https://example.com/boat.mp4",
    "duration": 5,
    "format": "wav",
}
TEXT_TO_SPEECH: Json = {
    "model": "eleven_multilingual_v2",
    "promptText": "The boat sails away.",
    "voice": {"type": "runway-preset", "presetId": "Maya"},
}
SPEECH_TO_SPEECH: Json = {
    "model": "eleven_multilingual_sts_v2",
    "media": {"type": "audio", "uri": "https://example.com/boat.mp3"},
    "voice": {"type": "runway-preset", "presetId": "Bernard"},
    "removeBackgroundNoise": True,
}
VOICE_DUBBING: Json = {
    "model": "eleven_voice_dubbing",
    "audioUri": "https://example.com/boat.mp3",
    "targetLang": "fr",
}
VOICE_ISOLATION: Json = {"model": "eleven_voice_isolation", "audioUri": "https://example.com/boat.mp3"}
CREATED: Json = {"id": "7e647762-5b4c-45f9-a4cf-7248f1eec6fc", "estimatedCost": {"credits": 25.0}}
SHOWN: Json = {
    "id": "7e647762-5b4c-45f9-a4cf-7248f1eec6fc",
    "status": "SUCCEEDED",
    "createdAt": "2024-11-04T07:12:39.531Z",
    "cost": {"credits": 25},
    "output": ["https://gateway.example/v1/artifacts/art_1.mp4?_jwt=t"],
}
