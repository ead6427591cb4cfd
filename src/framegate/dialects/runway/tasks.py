"""Runway's tasks as resellers document them: `POST /runway/v2/tasks`.

| what | path | source |
|---|---|---|
| create | POST /runway/v2/tasks | the page of 2024-11-04 |
| create, other forms | POST /runway/v1/tasks, POST /runway/tasks | resellers of the same format, 2024 |
| query | GET on each with /{id}; `server_id` may be given and is not needed | reconstructed: the page has no query |
| query, other form | GET /runway/task/{id}/fetch | 302.ai, 2024 |
| cancel | DELETE on each with /{id}, POST /{id}/cancel | our choice: DELETE is what Runway's own API takes |
| upload | POST /runway/uploads, POST /runway/uploads/{id}/complete | resellers, 2024; Runway's web client |

The JSON: `tasks_shapes.py`. What it means: `tasks_decode.py` and `tasks_encode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Cancel, Dialect, Route, Show, Submit, Upload, Uploaded, bearer
from framegate.core.wire import Json
from framegate.dialects.runway.tasks_decode import decode, decode_upload, field_of
from framegate.dialects.runway.tasks_encode import (
    encode,
    encode_notice,
    encode_slot,
    encode_trouble,
    encode_uploaded,
)
from framegate.dialects.runway.tasks_shapes import (
    NewTask,
    NewUpload,
    TaskAnswer,
    UploadAnswer,
    UploadedAnswer,
)

PATHS = ("/runway/v2/tasks", "/runway/v1/tasks", "/runway/tasks")

OPTIONS: dict[str, Json] = {
    "name": "Gen-3 Alpha Turbo 3994113795, boom , Cropped - whZmnSNxhJ",
    "seconds": 10,
    "text_prompt": "boom fly monkey",
    "seed": 3994113795,
    "exploreMode": False,
    "watermark": True,
    "enhance_prompt": True,
    "init_image": "https://filesystem.site/cdn/20240816/OtT0bmrskhqL40mHtoiZg5eNyE4ge0.jpg",
    "resolution": "720p",
    "image_as_end_frame": False,
    "assetGroupName": "Generative Video",
}
REQUEST: Json = {"taskType": "gen3a_turbo", "internal": False, "options": OPTIONS}
RESPONSE: Json = {
    "task": {
        "id": "7e647762-5b4c-45f9-a4cf-7248f1eec6fc",
        "name": "Gen-3 Alpha Turbo 3994113795, boom , Cropped - whZmnSNxhJ",
        "image": None,
        "createdAt": "2024-11-04T07:12:39.531Z",
        "updatedAt": "2024-11-04T07:12:39.569Z",
        "taskType": "gen3a_turbo",
        "options": {
            **OPTIONS,
            "init_image": "https://gateway.example/v1/media/med_01J?_jwt=eyJ",
            "recordingEnabled": True,
        },
        "status": "PENDING",
        "error": None,
        "progressText": None,
        "progressRatio": None,
        "estimatedTimeToStartSeconds": 0,
        "artifacts": [],
        "sharedAsset": None,
    },
    "server_id": "d94b7b6d-cde7-413d-9408-a7a4009194fe",
}


def routes_at(path: str) -> tuple[Route, ...]:
    """The routes that each form of the path has."""
    return (
        Submit(
            path=f"POST {path}",
            summary="Create a Runway task",
            body=NewTask,
            answer=TaskAnswer,
            decode=decode,
            encode=encode,
            field=field_of,
            examples={"request": REQUEST, "response": RESPONSE},
        ),
        Show(
            path=f"GET {path}/{{id}}",
            summary="Show a Runway task",
            notes="`server_id`, as the create answer gave it, may be passed as a query parameter; it is not needed.",
            answer=TaskAnswer,
            encode=encode,
            examples={"response": RESPONSE},
        ),
        Cancel(
            path=f"DELETE {path}/{{id}}", summary="Cancel a Runway task", answer=TaskAnswer, encode=encode
        ),
        Cancel(
            path=f"POST {path}/{{id}}/cancel",
            summary="Cancel a Runway task",
            answer=TaskAnswer,
            encode=encode,
        ),
    )


DIALECT = Dialect(
    name="runway",
    docs="https://openai-core.apifox.cn",
    identify=bearer,
    routes=(
        *(route for path in PATHS for route in routes_at(path)),
        Show(
            path="GET /runway/task/{id}/fetch", summary="Show a Runway task", answer=TaskAnswer, encode=encode
        ),
        Upload(
            path="POST /runway/uploads",
            summary="Open an upload",
            notes="PUT the file to `uploadUrls[0]`, then call complete; its `url` can be used as `init_image`.",
            body=NewUpload,
            answer=UploadAnswer,
            decode=decode_upload,
            encode=encode_slot,
            examples={"request": {"filename": "photo.jpg", "numberOfParts": 1, "type": "DATASET"}},
        ),
        Uploaded(
            path="POST /runway/uploads/{id}/complete",
            summary="Finish an upload",
            answer=UploadedAnswer,
            encode=encode_uploaded,
        ),
    ),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    public_id="uuid",
)
