"""The native tasks API: every model, one form.

| what | path |
|---|---|
| create, show, list | POST /v1/tasks, GET /v1/tasks/{id}, GET /v1/tasks |
| cancel | POST /v1/tasks/{id}/cancel, DELETE /v1/tasks/{id} |
| follow | GET /v1/tasks/{id}/events: server-sent events |
| upload | POST /v1/uploads, PUT the bytes, POST /v1/uploads/{id}/complete |

Errors are problem documents (RFC 9457) with `code` and `field`. The JSON: `tasks_shapes.py`. What it means:
`tasks_decode.py` and `tasks_encode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Cancel, Dialect, List, Show, Submit, Upload, Uploaded, Watch, bearer
from framegate.core.wire import Json
from framegate.dialects.native.tasks_decode import FILTERS, decode, decode_list, decode_upload
from framegate.dialects.native.tasks_encode import (
    encode,
    encode_created,
    encode_event,
    encode_notice,
    encode_page,
    encode_slot,
    encode_trouble,
    encode_uploaded,
)
from framegate.dialects.native.tasks_shapes import NewTask, NewUpload, TaskObject, TaskPage, UploadObject

REQUEST: dict[str, Json] = {
    "model": "gen3a_turbo",
    "prompt": "a paper boat crosses a puddle, slow dolly in",
    "seconds": 5,
    "aspect": "16:9",
    "resolution": "720p",
    "seed": 7,
    "inputs": [{"role": "first_frame", "url": "https://example.com/boat.jpg"}],
}
RESPONSE: dict[str, Json] = {
    "id": "task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "status": "queued",
    "model": "gen3a_turbo",
    "prompt": "a paper boat crosses a puddle, slow dolly in",
    "progress": 0.0,
    "created_at": "2026-01-31T12:00:00.000Z",
    "finished_at": None,
    "artifacts": [],
    "cost": {"estimated": "0.25", "held": "0.25", "charged": None},
    "failure": None,
    "adapted": [],
    "sandbox": False,
    "upstream": "",
}
SHOWN: dict[str, Json] = {"response": RESPONSE}

DIALECT = Dialect(
    name="native",
    docs="/docs",
    identify=bearer,
    routes=(
        Submit(
            path="POST /v1/tasks",
            summary="Create a task",
            notes="Fields that are not listed are refused. With `Prefer: wait=N` the answer waits up to N seconds.",
            body=NewTask,
            answer=TaskObject,
            decode=decode,
            encode=encode_created,
            examples={"request": REQUEST, "response": RESPONSE},
        ),
        List(
            path="GET /v1/tasks",
            summary="List tasks, newest first",
            answer=TaskPage,
            decode=decode_list,
            encode=encode_page,
            query=FILTERS,
            examples={"response": {"data": [RESPONSE], "next": None}},
        ),
        Show(
            path="GET /v1/tasks/{id}",
            summary="Show a task",
            notes="Takes the id of a task made in any format.",
            answer=TaskObject,
            encode=encode,
            examples=SHOWN,
        ),
        Cancel(
            path="POST /v1/tasks/{id}/cancel",
            summary="Cancel a task",
            answer=TaskObject,
            encode=encode,
            examples=SHOWN,
        ),
        Cancel(
            path="DELETE /v1/tasks/{id}",
            summary="Cancel a task",
            answer=TaskObject,
            encode=encode,
            examples=SHOWN,
        ),
        Watch(
            path="GET /v1/tasks/{id}/events",
            summary="Follow a task",
            notes="Server-sent events: `update` on each change, `done` at the end. The data is the task.",
            answer=TaskObject,
            encode=encode_event,
        ),
        Upload(
            path="POST /v1/uploads",
            summary="Open an upload",
            notes="PUT the bytes to `put_url`, then call complete.",
            body=NewUpload,
            answer=UploadObject,
            decode=decode_upload,
            encode=encode_slot,
            examples={"request": {"filename": "boat.jpg"}},
        ),
        Uploaded(
            path="POST /v1/uploads/{id}/complete",
            summary="Finish an upload",
            answer=UploadObject,
            encode=encode_uploaded,
        ),
    ),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    public_id="task",
)
