"""Luma's Dream Machine API as its SDK calls it, below /luma/dream-machine/v1.

| what | path | source |
|---|---|---|
| video | POST /generations/video; POST /generations of older SDKs | SDK; docs.lumalabs.ai of 2025 |
| change a video | POST /generations/video/modify, /generations/video/reframe | SDK |
| image | POST /generations/image, /generations/image/reframe | SDK |
| of a finished one | POST /generations/{id}/upscale, /generations/{id}/audio | SDK |
| query, delete | GET, DELETE /generations/{id} | SDK |
| list | GET /generations with `limit` and `offset` | SDK |
| words | GET /generations/concepts/list; /generations/camera_motion/list of older SDKs | SDK |
| credits, ping | GET /credits, GET /ping | SDK |

SDK is PyPI `lumaai` 1.21.0: `LumaAI(base_url="<gateway>/luma/dream-machine/v1", auth_token="<key>")`.
The JSON: `dream_shapes.py`. What it means: `dream_decode.py`, `dream_images.py` and `dream_encode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Account, Delete, Dialect, Fixed, List, Route, Show, Submit, bearer
from framegate.core.task import FINAL, State
from framegate.dialects.luma import dream_examples as example
from framegate.dialects.luma.dream_decode import (
    decode_audio,
    decode_modify,
    decode_page,
    decode_reframe_image,
    decode_reframe_video,
    decode_upscale,
    decode_video,
)
from framegate.dialects.luma.dream_encode import (
    encode,
    encode_concepts,
    encode_created,
    encode_credits,
    encode_deleted,
    encode_motions,
    encode_notice,
    encode_page,
    encode_pong,
    encode_trouble,
)
from framegate.dialects.luma.dream_images import decode_image, wait_of
from framegate.dialects.luma.dream_shapes import (
    AddAudio,
    Credits,
    Generation,
    Generations,
    Modify,
    NewImage,
    NewVideo,
    Pong,
    ReframeImage,
    ReframeVideo,
    Upscale,
)

ROOT = "/luma/dream-machine/v1"
AT = f"{ROOT}/generations"

CREATES: tuple[Route, ...] = (
    Submit(
        path=f"POST {AT}/video",
        summary="Create a video",
        notes="Keyframes may be pictures, or finished generations to go on from (frame0) and to lead up to (frame1).",
        body=NewVideo,
        answer=Generation,
        decode=decode_video,
        encode=encode_created,
        examples={"request": example.VIDEO, "response": example.CREATED},
    ),
    Submit(
        path=f"POST {AT}",
        summary="Create a video (older SDKs)",
        body=NewVideo,
        answer=Generation,
        decode=decode_video,
        encode=encode_created,
    ),
    Submit(
        path=f"POST {AT}/image",
        summary="Create an image",
        notes="With `sync` the answer comes when the image is there, or after `sync_timeout` seconds.",
        body=NewImage,
        answer=Generation,
        decode=decode_image,
        encode=encode_created,
        wait=wait_of,
        examples={"request": example.IMAGE},
    ),
    Submit(
        path=f"POST {AT}/video/modify",
        summary="Give a video another style",
        body=Modify,
        answer=Generation,
        decode=decode_modify,
        encode=encode_created,
        examples={"request": example.MODIFY},
    ),
    Submit(
        path=f"POST {AT}/video/reframe",
        summary="Give a video another shape",
        body=ReframeVideo,
        answer=Generation,
        decode=decode_reframe_video,
        encode=encode_created,
        examples={"request": example.REFRAME_VIDEO},
    ),
    Submit(
        path=f"POST {AT}/image/reframe",
        summary="Give an image another shape",
        body=ReframeImage,
        answer=Generation,
        decode=decode_reframe_image,
        encode=encode_created,
        examples={"request": example.REFRAME_IMAGE},
    ),
    Submit(
        path=f"POST {AT}/{{id}}/upscale",
        summary="Enlarge a finished video",
        body=Upscale,
        answer=Generation,
        decode=decode_upscale,
        encode=encode,
        examples={"request": example.UPSCALE},
    ),
    Submit(
        path=f"POST {AT}/{{id}}/audio",
        summary="Add sound to a finished video",
        notes="Only Luma's own upstreams make the sound.",
        body=AddAudio,
        answer=Generation,
        decode=decode_audio,
        encode=encode,
        examples={"request": example.AUDIO},
    ),
)

DIALECT = Dialect(
    name="luma-dream-machine",
    docs="https://docs.lumalabs.ai",
    identify=bearer,
    routes=(
        *CREATES,
        List(
            path=f"GET {AT}",
            summary="List generations",
            query={"limit": "how many, 1 to 100 (100)", "offset": "how many to leave out (0)"},
            answer=Generations,
            decode=decode_page,
            encode=encode_page,
        ),
        Show(path=f"GET {AT}/{{id}}", summary="Show a generation", answer=Generation, encode=encode),
        Delete(
            path=f"DELETE {AT}/{{id}}",
            summary="Delete a generation",
            notes="One that still runs is cancelled.",
            encode=encode_deleted,
            aborts=True,
        ),
        Fixed(
            path=f"GET {AT}/concepts/list",
            summary="Keys for `concepts`",
            answer=list[str],
            encode=encode_concepts,
        ),
        Fixed(
            path=f"GET {AT}/camera_motion/list",
            summary="Camera moves to put into a prompt",
            answer=list[str],
            encode=encode_motions,
        ),
        Account(path=f"GET {ROOT}/credits", summary="What is left", answer=Credits, encode=encode_credits),
        Fixed(path=f"GET {ROOT}/ping", summary="A sign of life", answer=Pong, encode=encode_pong),
    ),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    notice_states=FINAL | {State.RUNNING},
    public_id="uuid",
)
