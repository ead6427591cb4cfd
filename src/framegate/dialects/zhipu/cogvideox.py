"""CogVideoX: Zhipu's video API, as `zai-sdk`, `zhipuai` and the clients of resellers call it.

| what | path | source |
|---|---|---|
| create | POST <prefix>/videos/generations | docs.bigmodel.cn, 2026-11; resellers' pages, 2024-11 |
| query | GET <prefix>/async-result/{id} | the same |
| query several | POST <prefix>/async-results | a reseller's page, which names no fields: ours are `ids`, `results` |

The prefix is /cogvideox/v1, /cogvideox/v4 or /zhipu/api/paas/v4: the last is Zhipu's own path. SDKs:
`ZaiClient(base_url="<gateway>/zhipu/api/paas/v4", api_key=...)`, and the same for `ZhipuAI`. Nothing can be cancelled,
deleted or listed, and there are no callbacks. JSON: `cogvideox_shapes.py`; its meaning: `cogvideox_decode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Dialect, List, Route, Show, Submit
from framegate.core.wire import Json
from framegate.dialects.zhipu.cogvideox_decode import decode_ids, decode_video, identify
from framegate.dialects.zhipu.cogvideox_encode import encode, encode_created, encode_page, encode_trouble
from framegate.dialects.zhipu.cogvideox_shapes import Created, Ids, NewVideo, VideoTask, VideoTasks

PREFIXES = ("/cogvideox/v1", "/cogvideox/v4", "/zhipu/api/paas/v4")
OLD: Json = {
    "model": "cogvideox",
    "prompt": "a paper boat crosses a puddle",
    "image_url": "https://example.com/boat.jpg",
}
NEW: Json = {
    "model": "cogvideox-3",
    "prompt": "a paper boat crosses a puddle",
    "image_url": "https://example.com/boat.jpg",
    "quality": "quality",
    "with_audio": True,
    "size": "1920x1080",
    "fps": 30,
    "duration": 5,
    "request_id": "boat-1",
}
CREATED: Json = {
    "id": "203317010364678869",
    "model": "cogvideox-3",
    "request_id": "boat-1",
    "task_status": "PROCESSING",
}
SHOWN: Json = {
    "id": "203317010364678869",
    "model": "cogvideox-3",
    "request_id": "boat-1",
    "task_status": "SUCCESS",
    "video_result": [
        {"url": "https://gateway.example/boat.mp4", "cover_image_url": "https://gateway.example/boat.jpg"}
    ],
}


def routes_of(prefix: str) -> tuple[Route, ...]:
    first = OLD if prefix.endswith("/v1") else NEW
    return (
        Submit(
            path=f"POST {prefix}/videos/generations",
            summary="Create a video",
            notes="From words, from a picture, or from first and last frame.",
            body=NewVideo,
            answer=Created,
            decode=decode_video,
            encode=encode_created,
            examples={"request": first, "response": CREATED},
        ),
        Show(
            path=f"GET {prefix}/async-result/{{id}}",
            summary="Query a video",
            notes="Takes the task's id, or the `request_id` that you gave.",
            answer=VideoTask,
            encode=encode,
            examples={"response": SHOWN},
        ),
        List(
            path=f"POST {prefix}/async-results",
            summary="Query several videos",
            body=Ids,
            answer=VideoTasks,
            decode=decode_ids,
            encode=encode_page,
            examples={"request": {"ids": ["203317010364678869"]}, "response": {"results": [SHOWN]}},
        ),
    )


DIALECT = Dialect(
    name="cogvideox",
    docs="https://docs.bigmodel.cn/api-reference",
    identify=identify,
    routes=tuple(route for prefix in PREFIXES for route in routes_of(prefix)),
    encode_trouble=encode_trouble,
    public_id="digits",
)
