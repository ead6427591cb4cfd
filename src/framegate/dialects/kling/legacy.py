"""Kling's older API: `model_name` in the body, one path for each kind of task, the word `succeed`.

| what | path | source |
|---|---|---|
| create | POST /kling/v1/videos/text2video, /kling/v1/videos/image2video and others | kling.ai/document-api, 2026-02 |
| query | GET the same path, then /{task_id} or /{external_task_id} | the same pages |
| list | GET the same path, with pageNum and pageSize | the same pages |
| account | GET /kling/account/costs | the same pages |

Resellers put `/kling` before Kling's own paths; so do we. Nothing can be cancelled or deleted: Kling has no path for
that.
The JSON: `shapes.py`, `requests.py` and each family's shapes. What it means: the decoders and `legacy_encode.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from framegate.core.checks import check_known
from framegate.core.dialect import Account, Call, Dialect, Filter, List, Route, Show, Submit
from framegate.core.task import Spec
from framegate.core.wire import Json
from framegate.dialects.kling import video_decode
from framegate.dialects.kling.envelope import encode_costs, identify, whole
from framegate.dialects.kling.legacy_encode import (
    encode,
    encode_created,
    encode_notice,
    encode_page,
    encode_trouble,
)
from framegate.dialects.kling.shapes import CostsAnswer, CreatedAnswer, TaskAnswer, TasksAnswer
from framegate.dialects.kling.video_shapes import ImageToVideo, TextToVideo

PAGES = {
    "pageNum": "Which page, 1 to 1000; 1 if left out",
    "pageSize": "Tasks of a page, 1 to 500; 30 if left out",
}
CREATED: Json = {
    "code": 0,
    "message": "SUCCEED",
    "request_id": "task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "data": {
        "task_id": "831922345719271433",
        "task_status": "submitted",
        "task_info": {"external_task_id": "boat-1"},
        "created_at": 1769860800000,
        "updated_at": 1769860800000,
    },
}
SHOWN: Json = {
    "code": 0,
    "message": "SUCCEED",
    "request_id": "task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "data": {
        "task_id": "831922345719271433",
        "task_status": "succeed",
        "task_status_msg": "",
        "task_info": {"external_task_id": "boat-1"},
        "created_at": 1769860800000,
        "updated_at": 1769860875000,
        "task_result": {
            "videos": [
                {
                    "id": "831922345719271433",
                    "url": "https://gateway.example/v1/artifacts/art_01.mp4?_jwt=…",
                    "duration": "5.041",
                }
            ]
        },
        "final_unit_deduction": "1.5",
    },
}


def routes_of(  # noqa: PLR0913, PLR0917 - a row of the table below
    family: str, what: str, body: type[Any], decode: Callable[[Call], Spec], request: Json, notes: str = ""
) -> tuple[Route, ...]:
    """Create, query and list of one kind of task."""
    path = f"/kling/v1/{family}"

    def decode_list(call: Call) -> Filter:
        check_known(call.query, PAGES)
        size = whole(call.query.get("pageSize"), "pageSize", 1, 500, 30)
        page = whole(call.query.get("pageNum"), "pageNum", 1, 1000, 1)
        return Filter(limit=size, offset=(page - 1) * size, family=family)

    return (
        Submit(
            path=f"POST {path}",
            summary=f"Create: {what}",
            notes=notes,
            body=body,
            answer=CreatedAnswer,
            decode=decode,
            encode=encode_created,
            examples={"request": request, "response": CREATED},
        ),
        Show(
            path=f"GET {path}/{{id}}",
            summary=f"Query: {what}",
            notes="Takes the task's id, or the `external_task_id` that you gave.",
            answer=TaskAnswer,
            encode=encode,
            family=family,
            examples={"response": SHOWN},
        ),
        List(
            path=f"GET {path}",
            summary=f"List: {what}, newest first",
            answer=TasksAnswer,
            decode=decode_list,
            encode=encode_page,
            query=PAGES,
        ),
    )


TEXT: Json = {
    "model_name": "kling-v2-6",
    "prompt": "a paper boat crosses a puddle, slow dolly in",
    "negative_prompt": "blur",
    "mode": "pro",
    "duration": "5",
    "aspect_ratio": "16:9",
    "sound": "off",
    "external_task_id": "boat-1",
}
IMAGE: Json = {
    "model_name": "kling-v2-5-turbo",
    "image": "https://example.com/boat.jpg",
    "prompt": "the boat sails away",
    "mode": "pro",
    "duration": "5",
    "external_task_id": "boat-1",
}

DIALECT = Dialect(
    name="kling",
    docs="https://kling.ai/document-api",
    identify=identify,
    routes=(
        *routes_of(video_decode.TEXT, "video from words", TextToVideo, video_decode.decode_text, TEXT),
        *routes_of(video_decode.IMAGE, "video from images", ImageToVideo, video_decode.decode_image, IMAGE),
        Account(
            path="GET /kling/account/costs",
            summary="Say what is left",
            notes="The account's credit, as one pack of video units at their list price of 0.14 USD.",
            answer=CostsAnswer,
            encode=encode_costs,
        ),
    ),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    public_id="digits",
)
