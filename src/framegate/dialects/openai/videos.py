"""The OpenAI videos API (Sora). OpenAI's own service ended on 2026-09-24; its clients go on here.

| what | path | source |
|---|---|---|
| create | POST /v1/videos, JSON or a form | openai/openai-openapi f85dbe2; PyPI openai 3.54.0 (always a form) |
| show, list, delete | GET /v1/videos/{id}, GET /v1/videos, DELETE /v1/videos/{id} | openai-openapi |
| download | GET /v1/videos/{id}/content?variant= | openai-openapi |
| continue | POST /v1/videos/{id}/remix, /v1/videos/edits, /v1/videos/extensions | openai-openapi |
| characters | POST /v1/videos/characters, GET /v1/videos/characters/{id} | openai-openapi, PyPI openai |
| webhook | video.completed, video.failed | OpenAI's guide to webhooks; `callback_url` is ours |

Every good answer has status 200. `openai-poll-after-ms` says when to look again. The JSON: `videos_shapes.py`. What it
means: `videos_decode.py`, `videos_characters.py` and `videos_encode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Delete, Dialect, Download, List, Name, Show, Submit, Uploaded, bearer
from framegate.core.wire import Json
from framegate.dialects.openai.videos_characters import EXAMPLE, PREFIX, decode_character, encode_character
from framegate.dialects.openai.videos_decode import (
    QUERY,
    decode,
    decode_edit,
    decode_extension,
    decode_list,
    decode_remix,
)
from framegate.dialects.openai.videos_encode import (
    check_delete,
    encode,
    encode_deleted,
    encode_notice,
    encode_page,
    encode_trouble,
    pick,
)
from framegate.dialects.openai.videos_shapes import (
    Character,
    Deleted,
    Edit,
    Extension,
    NewCharacter,
    NewVideo,
    Remix,
    VideoList,
    VideoObject,
)

VIDEO: dict[str, Json] = {
    "id": "video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5",
    "object": "video",
    "model": "sora-2",
    "status": "queued",
    "progress": 0,
    "created_at": 1759000000,
    "completed_at": None,
    "expires_at": None,
    "prompt": "a calico cat playing a piano on stage",
    "size": "1280x720",
    "seconds": "8",
    "remixed_from_video_id": None,
    "error": None,
}
CREATE: dict[str, Json] = {
    "prompt": "a calico cat playing a piano on stage",
    "model": "sora-2",
    "seconds": "8",
    "size": "1280x720",
    "input_reference": {"image_url": "https://example.com/cat.jpg"},
}
SOURCE: dict[str, Json] = {"id": "video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5"}
PAGE: dict[str, Json] = {
    "object": "list",
    "data": [VIDEO],
    "first_id": VIDEO["id"],
    "last_id": VIDEO["id"],
    "has_more": False,
}

DIALECT = Dialect(
    name="openai-videos",
    docs="https://platform.openai.com/docs/api-reference/videos",
    identify=bearer,
    routes=(
        Submit(
            path="POST /v1/videos",
            summary="Create a video",
            notes="JSON, or a form whose file `input_reference` is the first frame.",
            body=NewVideo,
            answer=VideoObject,
            decode=decode,
            encode=encode,
            examples={"request": CREATE, "response": VIDEO},
        ),
        List(
            path="GET /v1/videos",
            summary="List videos",
            answer=VideoList,
            decode=decode_list,
            encode=encode_page,
            query=QUERY,
            examples={"response": PAGE},
        ),
        Show(
            path="GET /v1/videos/{id}",
            summary="Retrieve a video",
            answer=VideoObject,
            encode=encode,
            examples={"response": VIDEO},
        ),
        Delete(
            path="DELETE /v1/videos/{id}",
            summary="Delete a completed or failed video",
            answer=Deleted,
            encode=encode_deleted,
            check=check_delete,
            examples={"response": {"id": VIDEO["id"], "object": "video.deleted", "deleted": True}},
        ),
        Download(
            path="GET /v1/videos/{id}/content",
            summary="Download a video, its thumbnail or a preview",
            notes="Parts can be asked for by `Range`.",
            pick=pick,
            query={"variant": "video (MP4, if left out), thumbnail (WebP), or spritesheet (JPEG)"},
        ),
        Submit(
            path="POST /v1/videos/{id}/remix",
            summary="Remix a completed video",
            notes="As long and as large as the original.",
            body=Remix,
            answer=VideoObject,
            decode=decode_remix,
            encode=encode,
            examples={"request": {"prompt": "the cat takes a bow"}},
        ),
        Submit(
            path="POST /v1/videos/edits",
            summary="Edit a video",
            notes="`video` is `{id}`, or a file of a form.",
            body=Edit,
            answer=VideoObject,
            decode=decode_edit,
            encode=encode,
            examples={"request": {"prompt": "make it night", "video": SOURCE}},
        ),
        Submit(
            path="POST /v1/videos/extensions",
            summary="Extend a video",
            notes="`video` is `{id}`, or a file of a form; `seconds` is the length of what is added.",
            body=Extension,
            answer=VideoObject,
            decode=decode_extension,
            encode=encode,
            examples={"request": {"prompt": "the curtain falls", "video": SOURCE, "seconds": "4"}},
        ),
        Name(
            path="POST /v1/videos/characters",
            summary="Create a character from a video",
            notes="A form with `name` and the file `video`. A create that lists the character's id makes it appear.",
            body=NewCharacter,
            answer=Character,
            decode=decode_character,
            encode=encode_character,
            examples={"request": {"name": "Mimi", "video": "upload:med_01K8…"}, "response": EXAMPLE},
        ),
        Uploaded(
            path="GET /v1/videos/characters/{id}",
            prefix=PREFIX,
            summary="Retrieve a character",
            answer=Character,
            encode=encode_character,
            examples={"response": EXAMPLE},
        ),
    ),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    public_id="video_",
)
