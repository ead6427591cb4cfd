"""The sandbox's own wire format: tasks under our id, polled, found and cancelled by it; media as files of this machine.

| what | path | source |
|---|---|---|
| submit | POST /tasks | `framegate.local.sandbox.api` |
| poll | GET /tasks/{id} | the same |
| find | GET /tasks?id={id} | the same |
| cancel | POST /tasks/{id}/cancel | the same |
| result | GET /files/{name} | the same |

The vendors' own words (`Spec.extra`) mean nothing here: they are left out, and named to the client. States and error
codes are the words of `core.task`. A second submit of an id answers with the first one's task. A result says how many
seconds it lasts: what was held for may be the longest that there could have been.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from framegate.core.money import UNIT
from framegate.core.provider import (
    Exchange,
    Provider,
    failed,
    quantity,
    refusal,
    weather,
)
from framegate.core.task import (
    Action,
    Cause,
    Failure,
    Handle,
    Kind,
    Media,
    Order,
    Output,
    Parent,
    Report,
    State,
)
from framegate.core.wire import Json, Malformed, Record, Request, Response, get, post, present
from framegate.providers.sandbox.offers import OFFERS, facts

STATES = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "succeeded": State.SUCCEEDED,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
}
CAUSES = {cause.value: cause for cause in Cause}
OVER = UNIT // 10
"""Millionths of a second by which a file may be longer than what it shows."""


def encode_submit(order: Order) -> Request:
    spec = order.spec
    body: dict[str, Json] = {
        "id": order.task_id,
        "kind": spec.kind.value,
        "model": order.model,
        "action": spec.action.value if spec.action is not Action.GENERATE else None,
        "prompt": spec.prompt or None,
        "negative_prompt": spec.negative_prompt or None,
        "seconds": spec.seconds,
        "size": spec.size,
        "aspect": spec.aspect,
        "resolution": spec.resolution,
        "fps": spec.fps,
        "seed": spec.seed,
        "count": spec.count if spec.count != 1 else None,
        "audio": spec.audio,
        "watermark": spec.watermark,
        "quality": spec.quality,
        "guidance": spec.guidance,
        "camera": spec.camera,
        "loop": spec.loop,
        "voice": spec.voice,
        "language": spec.language,
        "format": spec.format,
        "inputs": [medium(item) for item in order.media] or None,
        "parent": order.parent.handle.get("id") if order.parent else None,
        "made": results(order.parent),
        "sequel": order.sequel.handle.get("id") if order.sequel else None,
        "sequel_made": results(order.sequel),
    }
    return post("/tasks", present(body))


def results(task: Parent | None) -> list[Json] | None:
    return [medium(item) for item in task.media] or None if task else None


def medium(item: Media) -> Json:
    return {"role": item.role.value, "file": item.blob.path, "media_type": item.blob.media_type}


def decode_submit(order: Order, response: Response) -> Report:
    """Only that it was taken: how it stands is the poll's business, also for a task that was known already."""
    if error := refused(response):
        return refusal(response, *error)
    handle = {"id": response.json().at("id").text(), "kind": order.spec.kind.value}
    running = response.json().at("status").text() == "running"
    return Report(state=State.RUNNING if running else State.QUEUED, handle=handle)


def encode_poll(handle: Handle) -> Request:
    return get(f"/tasks/{quote(handle['id'], safe='')}")


def decode_poll(handle: Handle, response: Response) -> Report:
    return report(handle, read(response))


def encode_find(order: Order) -> Request:
    return get(f"/tasks?id={quote(order.task_id, safe='')}")


def decode_find(order: Order, response: Response) -> Report | None:
    task = next((t for t in read(response).at("tasks").items() if t.at("id").value == order.task_id), None)
    if task is None:
        return None
    handle = {"id": order.task_id, "kind": kind_of(task, Kind.VIDEO).value}
    return msgspec.structs.replace(report(handle, task), handle=handle)


def encode_cancel(handle: Handle) -> Request:
    return post(f"/tasks/{quote(handle['id'], safe='')}/cancel")


def report(handle: Handle, task: Record) -> Report:
    """A task as the engine shows it."""
    state = STATES.get(task.at("status").text(), State.RUNNING)
    if state is State.FAILED:
        failure = failure_of(task.at("error"))
        return failed(failure.cause, failure.message, failure.code)
    progress = task.at("progress").number()
    outputs: tuple[Output, ...] = ()
    if state is State.SUCCEEDED:
        usual = Kind(handle.get("kind", "video"))
        outputs = tuple(output(str(n), usual, item) for n, item in enumerate(task.at("outputs").items()))
        if not any(item.url for item in outputs):
            raise Malformed("the task succeeded without an output")
    return Report(
        state=state,
        outputs=outputs,
        usage=lasted(task) if state is State.SUCCEEDED else {},
        progress=progress if progress is not None and 0 <= progress <= 1 else None,
    )


def lasted(task: Record) -> dict[str, int]:
    """The seconds that were made, each result's counted in full ones; nothing where one of them does not say."""
    made = [item for item in task.at("outputs").items() if item.at("url").value is not None]
    lengths = [quantity(item.at("seconds")) or 0 for item in made]
    if not lengths or not all(lengths):
        return {}
    return {"second": sum(max(1, -(-(length - OVER) // UNIT)) * UNIT for length in lengths)}


def output(name: str, usual: Kind, item: Record) -> Output:
    """One result, or why there is none. Raises `Malformed`."""
    kind = kind_of(item, usual)
    if item.at("error").value is not None:
        return Output(id=name, kind=kind, failure=failure_of(item.at("error")))
    url = item.at("url").text()
    if not url.startswith("/files/") or not url.isprintable():
        raise Malformed("expected a path below /files/")
    return Output(id=name, kind=kind, url=url)


def kind_of(item: Record, usual: Kind) -> Kind:
    return next((kind for kind in Kind if kind.value == item.at("kind").value), usual)


def failure_of(error: Record) -> Failure:
    cause = CAUSES.get(error.at("code").text_or(""), Cause.BROKEN)
    message = error.at("message").text_or("").strip() or cause.value
    return Failure(cause, message[:1000], error.at("reason").text_or("")[:100])


def refused(response: Response) -> tuple[Cause | None, str] | None:
    """Cause and message of an HTTP error; None: it is none."""
    if 200 <= response.status < 300:
        return None
    try:
        error = response.json().at("error")
    except Malformed:
        return None, ""
    message = error.at("message").text_or("")
    return CAUSES.get(error.at("code").text_or("")), message if message.strip() else ""


def read(response: Response) -> Record:
    """The body of a good answer. Raises `Weather` for any other."""
    if error := refused(response):
        raise weather(response, *error)
    return response.json()


PROVIDER = Provider(
    name="sandbox",
    docs="/docs",
    base_url="local://sandbox",
    hosts=(),
    sign=lambda request, _credential, _now: request,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    find=Exchange(encode_find, decode_find),
    cancel=Exchange(encode_cancel, decode_poll),
    offers=OFFERS,
    dedupes=True,
    local=True,
)
