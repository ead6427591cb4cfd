"""Luma's web page as a format: `POST /luma/v1/generations`, flat answers of fifteen keys.

| what | path | source |
|---|---|---|
| create | POST /luma/v1/generations | the page of 2024-10-20 |
| create, other names | POST /luma/generations, /pro/luma/generations, /vip/luma/generations | resellers, 2024 |
| query | GET on each with /{id}; GET /luma/tasks/{id} | resellers, 2024 |
| query of many | POST /luma/tasks with `{"ids": [...]}`, answered by a list | resellers, 2024 |
| list | GET on each, with `limit` and `offset` | Luma's web client, 2024 |
| extend | POST on each with /{id}/extend | resellers, 2024 |
| the video without a mark | GET or POST on each with /{id}/download_video_url | clients, 2024 |
| upload | POST on each with /file_upload, the part `file` | Luma's web client, 2024 |
| account | GET /luma/subscription/usage, GET /luma/users/me | Luma's web client, 2024 |

The JSON: `web_shapes.py`. What it means: `web_decode.py` and `web_encode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Account, Dialect, List, Receive, Route, Show, Submit, bearer
from framegate.core.wire import Json
from framegate.dialects.luma.web_decode import decode, decode_extend, decode_ids, decode_page
from framegate.dialects.luma.web_encode import (
    encode,
    encode_file,
    encode_link,
    encode_notice,
    encode_page,
    encode_trouble,
    encode_usage,
    encode_user,
)
from framegate.dialects.luma.web_shapes import Asked, Generation, Link, NewGeneration, Usage, User

FIRST = "/luma/v1"
ROOTS = (FIRST, "/luma", "/pro/luma", "/vip/luma")
REQUEST: Json = {"user_prompt": "cat dance", "aspect_ratio": "16:9", "expand_prompt": True}
RESPONSE: Json = {
    "id": "656f64c3-7b4f-4a9f-8b3e-0b0e4d1f2a5c",
    "batch_id": "3f86837d-1c2b-4d5e-8f90-a1b2c3d4e5f6",
    "created_at": "2024-10-20T06:41:46.293298Z",
    "prompt": "cat dance",
    "state": "pending",
    "pipeline_id": "V1.5",
    "queue_state": None,
    "estimate_wait_seconds": None,
    "liked": None,
    "video": None,
    "video_raw": None,
    "thumbnail": None,
    "last_frame": None,
    "user_id": "0b1c2d3e-4f50-4a61-8b72-9c8d7e6f5a4b",
    "server_id": "123",
}


def examples(root: str, **found: Json) -> dict[str, Json]:
    """The examples of a route; they are told once, at the first of its names."""
    return found if root == FIRST else {}


def routes_at(root: str) -> tuple[Route, ...]:
    """The routes that each name of the path has."""
    at = f"{root}/generations"
    return (
        Submit(
            path=f"POST {at}",
            summary="Create a Luma video",
            body=NewGeneration,
            answer=Generation,
            decode=decode,
            encode=encode,
            examples=examples(root, request=REQUEST, response=RESPONSE),
        ),
        Submit(
            path=f"POST {at}/{{id}}/extend",
            summary="Extend a Luma video",
            notes="The new video goes on where the finished one ends.",
            body=NewGeneration,
            answer=Generation,
            decode=decode_extend,
            encode=encode,
            examples=examples(root, request={"user_prompt": "add cat", "expand_prompt": True}),
        ),
        List(
            path=f"GET {at}",
            summary="List Luma videos",
            query={"limit": "how many, 1 to 100 (10)", "offset": "how many to leave out (0)"},
            answer=list[Generation],
            decode=decode_page,
            encode=encode_page,
        ),
        Receive(
            path=f"POST {at}/file_upload",
            summary="Upload a picture",
            notes="Its `url` can be used as `image_url` and `image_end_url`.",
            part="file",
            answer=Link,
            encode=encode_file,
        ),
        Show(
            path=f"GET {at}/{{id}}",
            summary="Show a Luma video",
            notes="`server_id`, as the create answer gave it, may be passed as a query parameter; it is not needed.",
            answer=Generation,
            encode=encode,
        ),
        *(
            Show(
                path=f"{method} {at}/{{id}}/download_video_url",
                summary="Where the video without a mark is",
                answer=Link,
                encode=encode_link,
            )
            for method in ("GET", "POST")
        ),
        List(
            path=f"POST {root}/tasks",
            summary="Show many Luma videos",
            body=Asked,
            answer=list[Generation],
            decode=decode_ids,
            encode=encode_page,
        ),
        Show(path=f"GET {root}/tasks/{{id}}", summary="Show a Luma video", answer=Generation, encode=encode),
        Account(
            path=f"GET {root}/subscription/usage",
            summary="What is left",
            answer=Usage,
            encode=encode_usage,
        ),
        Account(path=f"GET {root}/users/me", summary="Who is asking", answer=User, encode=encode_user),
    )


DIALECT = Dialect(
    name="luma",
    docs="https://openai-core.apifox.cn",
    identify=bearer,
    routes=tuple(route for root in ROOTS for route in routes_at(root)),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    public_id="uuid",
)
