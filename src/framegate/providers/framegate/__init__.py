"""Framegate's own tasks API as an upstream: a gateway behind a gateway.

| what | path | source |
|---|---|---|
| submit | POST /v1/tasks, with our task id as `Idempotency-Key` | docs/reference/native.md |
| poll | GET /v1/tasks/{id} | the same |
| cancel | POST /v1/tasks/{id}/cancel | the same |
| upload | POST /v1/uploads, then PUT the bytes to `put_url` | the same |
| models | GET /v1/models | the same |

A second submit with one key answers with the first one's task, so an order of unknown fate is sent again: that is why
no callback goes along, for its signature would make it another request. Results lie at signed links. What the other
gateway charged comes back as `credit`, one for a dollar. Vendors' own words do not travel; which model takes what, the
other gateway knows, and its answer says what it adapted.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from framegate.core.money import UNIT
from framegate.core.provider import (
    Exchange,
    Next,
    Provider,
    bearer,
    failed,
    link,
    quantity,
    refusal,
    weather,
)
from framegate.core.task import Cause, Handle, Kind, Media, Order, Output, Report, State
from framegate.core.wire import Json, Malformed, Record, Request, Response, get, post, present
from framegate.providers.framegate.offers import OFFERS, facts

TASKS = "/v1/tasks"
STATES = {"queued": State.QUEUED, "succeeded": State.SUCCEEDED, "cancelled": State.CANCELLED}
PROBLEMS = {
    "unauthenticated": Cause.UNAUTHORIZED,
    "forbidden": Cause.UNAUTHORIZED,
    "out_of_credit": Cause.CREDIT,
    "busy": Cause.BUSY,
    "not_found": Cause.INVALID,
    "unavailable": Cause.BROKEN,
}
"""The codes of problem documents that say more than their status."""
CAUSES = {
    "invalid": Cause.INVALID,
    "moderated": Cause.MODERATED,
    "busy": Cause.BUSY,
    "lost": Cause.LOST,
    "expired": Cause.LOST,
}
"""Why a task failed there. Trouble with its own upstreams' keys and credit is not trouble with ours."""
RECORDING = 30
"""Seconds that a recording is charged for whose length the other gateway does not say."""


def encode_submit(order: Order) -> Request:
    spec = order.spec
    inputs: list[Json] = [
        present({"role": item.role.value, "url": item.url, "name": item.name or None}) for item in order.media
    ]
    body: dict[str, Json] = {
        "model": order.model,
        "kind": spec.kind.value,
        "action": spec.action.value,
        "prompt": spec.prompt or None,
        "negative_prompt": spec.negative_prompt or None,
        "seconds": spec.seconds,
        "aspect": spec.aspect,
        "size": spec.size,
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
        "inputs": inputs or None,
        "parent": parent_of(order),
    }
    return post(TASKS, present(body), {"idempotency-key": order.task_id} if order.task_id else {})


def parent_of(order: Order) -> str | None:
    """Raises `ValueError` when the task to continue never got an id there."""
    if order.parent is None:
        return None
    if found := order.parent.handle.get("id"):
        return found
    raise ValueError("the task to continue is not known to the other gateway")


def decode_submit(_order: Order, response: Response) -> Report:
    """Only that it was taken: how it stands is the poll's business, also for a task that was known already.

    A key that was used before is ours, so a conflict says that there is a task, and not which: that is no refusal.
    """
    if error := refused(response):
        if response.status == 409:
            raise Malformed(f"there is a task of this order already: {error[1]}")
        return refusal(response, *error)
    return Report(state=State.QUEUED, handle={"id": response.json().at("id").text()})


def encode_poll(handle: Handle) -> Request:
    return get(f"{TASKS}/{quote(handle['id'], safe='')}")


def decode_poll(_handle: Handle, response: Response) -> Report:
    return report_of(read(response))


def encode_cancel(handle: Handle) -> Request:
    return post(f"{TASKS}/{quote(handle['id'], safe='')}/cancel")


def report_of(task: Record) -> Report:
    """What a task object says. One that is expired there is lost to us: we asked for a shorter wait than that."""
    status = task.at("status").text()
    charged = quantity(task.at("cost", "charged"))
    usage = {"credit": charged} if charged is not None else {}
    if status in {"failed", "expired"}:
        word = task.at("failure", "code").text_or(status)
        message = task.at("failure", "message").text_or("")
        return failed(CAUSES.get(word, Cause.BROKEN), message, word, usage=usage)
    state = STATES.get(status, State.RUNNING)
    progress = task.at("progress").number()
    outputs: tuple[Output, ...] = ()
    if state is State.SUCCEEDED:
        made = task.at("artifacts").items()
        outputs = tuple(
            Output(id=str(place), kind=kind_of(item), url=link(item.at("url")))
            for place, item in enumerate(made)
        )
        spoken = [item.at("seconds") for item in made if kind_of(item) is Kind.SPEECH]
        usage |= {"second": sum(quantity(s) or RECORDING * UNIT for s in spoken)} if spoken else {}
        if not outputs:
            raise Malformed("the task succeeded without an artifact")
    return Report(
        state=state,
        outputs=outputs,
        usage=usage if state.final else {},
        progress=progress if progress is not None and 0 <= progress <= 1 else None,
    )


def kind_of(artifact: Record) -> Kind:
    return next((kind for kind in Kind if kind.value == artifact.at("kind").value), Kind.VIDEO)


def encode_upload(media: Media) -> Request:
    ending = media.blob.media_type.partition("/")[2] or "bin"
    return post("/v1/uploads", {"filename": f"{media.role}.{ending}"})


def decode_upload(media: Media, response: Response) -> Next:
    slot = read(response)
    name = slot.at("url").text()
    if not name.startswith("upload:"):
        raise Malformed("expected the name of an upload")
    headers = {"content-type": media.blob.media_type}
    put = Request(method="PUT", url=link(slot.at("put_url")), headers=headers, content=media.blob)
    return Next(put, msgspec.structs.replace(media, url=name))


def decode_models(_: None, response: Response) -> list[str]:
    return [model.at("id").text() for model in read(response).at("data").items()]


def refused(response: Response) -> tuple[Cause | None, str, str] | None:
    """Cause, message and code of an HTTP error; None: it is none."""
    if 200 <= response.status < 300:
        return None
    try:
        problem = response.json()
    except Malformed:
        return None, "", ""
    code = problem.at("code").text_or("")
    return PROBLEMS.get(code), problem.at("detail").text_or(""), code


def read(response: Response) -> Record:
    """The body of a good answer. Raises `Weather` for any other."""
    if error := refused(response):
        raise weather(response, None if response.status == 404 else error[0], error[1])
    return response.json()


PROVIDER = Provider(
    name="framegate",
    docs="https://framegate.example/docs",
    base_url="https://framegate.example",  # of no service: the upstream's row names the other gateway
    hosts=(),
    sign=bearer,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    cancel=Exchange(encode_cancel, decode_poll),
    upload=Exchange(encode_upload, decode_upload),
    models=Exchange(lambda _: get("/v1/models"), decode_models),
    offers=OFFERS,
    dedupes=True,
)
