"""The reference's examples for Kling's older API. Each is a request that can be sent as it is."""

from __future__ import annotations

from framegate.core.wire import Json

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A picture of one pixel."""
ID = "831922345719271433"
CREATED: Json = {
    "code": 0,
    "message": "SUCCEED",
    "request_id": "task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "data": {
        "task_id": ID,
        "task_status": "submitted",
        "task_info": {"external_task_id": "boat-1"},
        "created_at": 1769860800000,
        "updated_at": 1769860800000,
    },
}


def shown(result: Json) -> Json:
    return {
        "code": 0,
        "message": "SUCCEED",
        "request_id": "task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
        "data": {
            "task_id": ID,
            "task_status": "succeed",
            "task_status_msg": "",
            "task_info": {"external_task_id": "boat-1"},
            "created_at": 1769860800000,
            "updated_at": 1769860875000,
            "task_result": result,
            "final_unit_deduction": "1.5",
        },
    }


VIDEO = shown(
    {"videos": [{"id": ID, "url": "https://gateway.example/v1/artifacts/art_01.mp4", "duration": "5.041"}]}
)
IMAGE = shown({"images": [{"index": 0, "url": "https://gateway.example/v1/artifacts/art_01.png"}]})
OWN: dict[str, Json] = {"external_task_id": "boat-1"}
TEXT_TO_VIDEO: Json = {
    "model_name": "kling-v2-6",
    "prompt": "a paper boat crosses a puddle, slow dolly in",
    "negative_prompt": "blur",
    "mode": "pro",
    "duration": "5",
    "aspect_ratio": "16:9",
    "sound": "off",
    **OWN,
}
IMAGE_TO_VIDEO: Json = {
    "model_name": "kling-v2-5-turbo",
    "image": "https://example.com/boat.jpg",
    "prompt": "the boat sails away",
    "mode": "pro",
    "duration": "5",
    **OWN,
}
OMNI_VIDEO: Json = {
    "model_name": "kling-video-o1",
    "prompt": "the boat of <<<image_1>>> sails away",
    "image_list": [{"image_url": "https://example.com/boat.jpg"}],
    "mode": "pro",
    "aspect_ratio": "16:9",
    "duration": "5",
    **OWN,
}
MULTI_IMAGE_VIDEO: Json = {
    "model_name": "kling-v1-6",
    "image_list": [{"image": "https://example.com/boat.jpg"}],
    "prompt": "the boat sails on a lake",
    "mode": "std",
    "duration": "5",
    "aspect_ratio": "16:9",
    **OWN,
}
EXTEND: Json = {"video_id": ID, "prompt": "it reaches the shore", **OWN}
LIP_SYNC: Json = {
    "input": {
        "mode": "text2video",
        "video_url": "https://example.com/speaker.mp4",
        "text": "Good morning, everybody.",
        "voice_id": "genshin_vindi2",
        "voice_language": "en",
        "voice_speed": 1.0,
    },
    **OWN,
}
EFFECTS: Json = {
    "effect_scene": "fuzzyfuzzy",
    "input": {"image": "https://example.com/face.jpg", "duration": "5"},
    **OWN,
}
GENERATION: Json = {
    "model_name": "kling-v2-1",
    "prompt": "a paper boat on a puddle, morning light",
    "resolution": "1k",
    "n": 1,
    "aspect_ratio": "3:2",
    **OWN,
}
OMNI_IMAGE: Json = {
    "model_name": "kling-image-o1",
    "prompt": "the boat of <<<image_1>>> as a drawing",
    "image_list": [{"image": "https://example.com/boat.jpg"}],
    "resolution": "2k",
    "n": 1,
    "aspect_ratio": "1:1",
    **OWN,
}
MULTI_IMAGE: Json = {
    "model_name": "kling-v2",
    "subject_image_list": [{"subject_image": "https://example.com/boat.jpg"}],
    "prompt": "the boat in a bottle",
    "n": 1,
    "aspect_ratio": "1:1",
    **OWN,
}
EXPAND: Json = {
    "image": "https://example.com/boat.jpg",
    "up_expansion_ratio": 0.1,
    "down_expansion_ratio": 0.1,
    "left_expansion_ratio": 0.4,
    "right_expansion_ratio": 0.4,
    "prompt": "a wide lake",
    "n": 1,
    **OWN,
}
TRY_ON: Json = {
    "model_name": "kolors-virtual-try-on-v1-5",
    "human_image": PIXEL,
    "cloth_image": PIXEL,
    **OWN,
}
