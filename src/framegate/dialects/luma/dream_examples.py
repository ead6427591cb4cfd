"""Requests to the Dream Machine, one of each kind. Sources: PyPI `lumaai` 1.21.0, types; lumaai-api of 2025-06."""

from __future__ import annotations

from framegate.core.wire import Json

PICTURE: Json = "https://example.com/image.jpg"
VIDEO: Json = {
    "model": "ray-2",
    "prompt": "A serene lake surrounded by mountains at sunset",
    "aspect_ratio": "16:9",
    "duration": "5s",
    "resolution": "720p",
    "keyframes": {"frame0": {"type": "image", "url": PICTURE}},
    "concepts": [{"key": "dolly_zoom"}],
}
CREATED: Json = {
    "id": "123e4567-e89b-12d3-a456-426614174000",
    "generation_type": "video",
    "state": "queued",
    "failure_reason": None,
    "created_at": "2023-06-01T12:00:00.000Z",
    "assets": None,
    "model": "ray-2",
    "request": VIDEO,
}
IMAGE: Json = {
    "model": "photon-1",
    "prompt": "A serene lake surrounded by mountains at sunset",
    "aspect_ratio": "16:9",
    "format": "png",
    "image_ref": [{"url": PICTURE, "weight": 0.85}],
}
MODIFY: Json = {
    "generation_type": "modify_video",
    "model": "ray-2",
    "mode": "flex_1",
    "media": {"url": "https://example.com/video.mp4"},
    "prompt": "as a watercolour",
}
REFRAME_VIDEO: Json = {
    "generation_type": "reframe_video",
    "model": "ray-2",
    "media": {"url": "https://example.com/video.mp4"},
    "aspect_ratio": "9:16",
    "grid_position_x": 100,
    "grid_position_y": 0,
}
REFRAME_IMAGE: Json = {
    "generation_type": "reframe_image",
    "model": "photon-1",
    "media": {"url": PICTURE},
    "aspect_ratio": "16:9",
    "format": "png",
}
UPSCALE: Json = {"generation_type": "upscale_video", "resolution": "1080p"}
AUDIO: Json = {
    "generation_type": "add_audio",
    "prompt": "waves on a shore, gulls far away",
    "negative_prompt": "voices",
}
