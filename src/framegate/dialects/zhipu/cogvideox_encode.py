"""A task in the words of Zhipu's video API, and its error table (docs.bigmodel.cn, error codes, 2026-11).

A refusal has no place for the field, so its message begins with it. 429 is no sign to try again: 1113 is an empty
account, and the server says `x-should-retry: false` with it, which both SDKs obey.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from framegate.core.dialect import Page, Problem, Trouble
from framegate.core.task import Artifact, Cause, Failure, Kind, State, Task
from framegate.core.tokens import EARLY, EXPIRED
from framegate.core.wire import Response, answer
from framegate.dialects.zhipu.cogvideox_shapes import Created, Fault, VideoResult, VideoTask, VideoTasks

CODES: dict[Problem, tuple[int, str]] = {
    Problem.UNAUTHENTICATED: (401, "1002"),
    Problem.FORBIDDEN: (403, "1220"),
    Problem.OUT_OF_CREDIT: (429, "1113"),
    Problem.NOT_FOUND: (404, "1222"),
    Problem.METHOD_NOT_ALLOWED: (405, "1212"),
    Problem.CONFLICT: (400, "1215"),
    Problem.TOO_LARGE: (435, "1210"),
    Problem.UNSUPPORTED_MEDIA: (400, "1210"),
    Problem.MALFORMED: (400, "1210"),
    Problem.INVALID: (400, "1214"),
    Problem.BUSY: (429, "1302"),
    Problem.UNAVAILABLE: (503, "1305"),
    Problem.INTERNAL: (500, "500"),
}
"""HTTP status and code, as Zhipu gives them."""
CAUSES = {
    Cause.INVALID: "1210",
    Cause.MODERATED: "1301",
    Cause.BUSY: "1305",
    Cause.UNAUTHORIZED: "1230",
    Cause.CREDIT: "1230",
    Cause.BROKEN: "1230",
    Cause.LOST: "1230",
    Cause.EXPIRED: "1234",
}
"""Why a task failed. Trouble between us and an upstream is none of the client's account: 1230, processing failed."""
NOBODY, UNKNOWN = "no key was given", "there is no model"
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "seconds": "duration",
    "aspect": "aspect_ratio",
    "audio": "with_audio",
    "watermark": "watermark_enabled",
    "first_frame": "image_url",
    "last_frame": "image_url",
    "reference": "image_url",
    "external_id": "request_id",
}


def encode_created(task: Task) -> Response:
    return respond(Created(task.public_id, task.spec.model, own_id(task), status_of(task)))


def encode(task: Task) -> Response:
    return respond(shown(task))


def encode_page(page: Page) -> Response:
    return respond(VideoTasks([shown(task) for task in page.tasks]))


def respond(value: msgspec.Struct) -> Response:
    return Response(status=200, headers={"content-type": "application/json"}, body=msgspec.json.encode(value))


def shown(task: Task) -> VideoTask:
    done = task.artifacts if task.state is State.SUCCEEDED else ()
    return VideoTask(
        task.public_id,
        task.spec.model,
        own_id(task),
        status_of(task),
        [VideoResult(item.url, cover_of(item)) for item in done if item.kind is Kind.VIDEO],
        fault_of(task),
    )


def own_id(task: Task) -> str:
    return task.spec.external_id or task.id


def status_of(task: Task) -> str:
    """There is no word for a queue, nor for a cancelled task."""
    if task.state is State.SUCCEEDED:
        return "SUCCESS"
    return "FAIL" if task.state.final else "PROCESSING"


def cover_of(item: Artifact) -> str:
    return item.poster_url or next(iter(item.preview_urls), "")


def fault_of(task: Task) -> Fault | UnsetType:
    if not task.state.final or task.state is State.SUCCEEDED:
        return UNSET
    said = {State.CANCELLED: "was cancelled", State.EXPIRED: "was not finished in time"}
    cause = Cause.EXPIRED if task.state is State.EXPIRED else Cause.BROKEN
    failure = task.failure or Failure(cause, f"The task {said.get(task.state, 'failed')}")
    return Fault(CAUSES[failure.cause], failure.message or "The task failed")


def encode_trouble(trouble: Trouble) -> Response:
    status, code = code_of(trouble)
    name = FIELDS.get(trouble.field, trouble.field) if trouble.field else ""
    message = trouble.message if not name or name in trouble.message else f"{name}: {trouble.message}"
    return answer(status, {"error": {"code": code, "message": message}})


def code_of(trouble: Trouble) -> tuple[int, str]:
    """HTTP status and code: some of the codes say more than our problems do."""
    status, code = CODES[trouble.problem]
    match trouble.problem, trouble.field:
        case Problem.UNAUTHENTICATED, _ if trouble.message.startswith(NOBODY):
            code = "1001"
        case Problem.UNAUTHENTICATED, _ if trouble.message in {EXPIRED, EARLY}:
            code = "1003"
        case Problem.CONFLICT, "external_id":
            code = "1231"
        case Problem.INVALID, _ if "required" in trouble.message:
            code = "1213"
        case Problem.INVALID, "model" if UNKNOWN in trouble.message:
            code = "1211"
        case Problem.INVALID, "prompt" if "characters" in trouble.message:
            code = "1261"
        case _:
            pass
    return status, code
