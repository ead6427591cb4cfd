"""Kling's newer API: the model in the path, `contents`, `settings` and `options`, the word `succeeded`.

| what | path | source |
|---|---|---|
| create | POST /kling/text-to-video/{model}, image-to-video, omni-video | kling.ai/document-api, 2.6 to 3.0, 2026-08 |
| query | GET /kling/tasks?task_ids=a,b or ?external_task_ids=a,b | the page of queries, 2026-08 |
| search | POST /kling/tasks | the same page |

Kling knows an API key alone here; tokens that the client signs are taken, too. What is left: `GET /kling/account/costs`
of the older API. The JSON: `next_shapes.py`. What it means: `next_decode.py` and `next_encode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Dialect, List, Submit
from framegate.core.task import FINAL, State
from framegate.core.wire import Json
from framegate.dialects.kling.envelope import identify
from framegate.dialects.kling.next_decode import (
    IMAGE,
    OMNI,
    QUERY,
    TEXT,
    decode_image,
    decode_omni,
    decode_query,
    decode_search,
    decode_text,
)
from framegate.dialects.kling.next_encode import (
    encode_created,
    encode_found,
    encode_notice,
    encode_tasks,
    encode_trouble,
)
from framegate.dialects.kling.next_shapes import (
    CreatedAnswer,
    ImageToVideo,
    OmniVideo,
    Search,
    SearchAnswer,
    TasksAnswer,
    TextToVideo,
)

ID = "831922345719271433"
SETTINGS: dict[str, Json] = {"resolution": "1080p", "duration": 5, "audio": "off", "multi_shot": False}
OPTIONS: Json = {"external_task_id": "boat-1", "watermark_info": {"enabled": False}}
WORDS: Json = {"type": "prompt", "text": "the boat sails away"}
REQUESTS: dict[str, Json] = {
    TEXT: {
        "prompt": "a paper boat crosses a puddle, slow dolly in",
        "settings": {**SETTINGS, "aspect_ratio": "16:9"},
        "options": OPTIONS,
    },
    IMAGE: {
        "contents": [WORDS, {"type": "first_frame", "url": "https://example.com/boat.jpg"}],
        "settings": SETTINGS,
        "options": OPTIONS,
    },
    OMNI: {
        "contents": [WORDS, {"type": "refer_image", "url": "https://example.com/boat.jpg"}],
        "settings": {**SETTINGS, "aspect_ratio": "16:9"},
        "options": OPTIONS,
    },
}
CREATED: Json = {
    "code": 0,
    "message": "SUCCEED",
    "request_id": "task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "data": {
        "id": ID,
        "status": "submitted",
        "create_time": 1769860800000,
        "update_time": 1769860800000,
        "external_id": "boat-1",
    },
}
TASK: Json = {
    "id": ID,
    "status": "succeeded",
    "message": "",
    "create_time": 1769860800000,
    "update_time": 1769860875000,
    "external_id": "boat-1",
    "outputs": [
        {
            "type": "video",
            "id": ID,
            "url": "https://gateway.example/v1/artifacts/art_01.mp4",
            "duration": "5.041",
        }
    ],
    "billing": [
        {
            "charge_type": "cash",
            "cash_type": "balance",
            "amount": "0.56",
            "currency": "USD",
            "package_type": "video",
            "list_price": "0.56",
        }
    ],
}
GOOD: dict[str, Json] = {"code": 0, "message": "SUCCEED", "request_id": ""}


DIALECT = Dialect(
    name="kling-next",
    docs="https://kling.ai/document-api",
    identify=identify,
    routes=(
        *(
            Submit(
                path=f"POST /kling/{family}/{{model}}",
                summary=f"Create: a video from {what}",
                body=body,
                answer=CreatedAnswer,
                decode=decode,
                encode=encode_created,
                examples={"request": REQUESTS[family], "response": CREATED},
            )
            for family, what, body, decode in (
                (TEXT, "words", TextToVideo, decode_text),
                (IMAGE, "frames", ImageToVideo, decode_image),
                (OMNI, "anything", OmniVideo, decode_omni),
            )
        ),
        List(
            path="GET /kling/tasks",
            summary="Query tasks by their ids",
            notes="Ids that name no task of yours are left out.",
            answer=TasksAnswer,
            decode=decode_query,
            encode=encode_tasks,
            query=QUERY,
            examples={"response": {**GOOD, "data": [TASK]}},
        ),
        List(
            path="POST /kling/tasks",
            summary="Search tasks, newest first",
            body=Search,
            answer=SearchAnswer,
            decode=decode_search,
            encode=encode_found,
            examples={
                "request": {"limit": 100, "filters": [{"key": "status", "values": ["succeeded"]}]},
                "response": {
                    **GOOD,
                    "data": {"result": [TASK], "count": 1, "has_more": False, "next_cursor": ""},
                },
            },
        ),
    ),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    notice_states=FINAL | {State.RUNNING},
    public_id="digits",
)
