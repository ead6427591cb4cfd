"""Runway's developer API: one collection of tasks, polled by id; media as links, data URIs or uploads.

| what | path | source |
|---|---|---|
| video | POST /v1/image_to_video, text_to_video, video_to_video | PyPI `runwayml` 5.24.0 `resources/` |
| performance, tools | POST /v1/character_performance, video_upscale, video_to_hdr, image_upscale | the same |
| image | POST /v1/text_to_image | the same |
| sound, speech | POST /v1/sound_effect, text_to_speech and four more: `sounds.py` | the same |
| poll, cancel | GET, DELETE /v1/tasks/{id} | the same, `types/task_retrieve_response.py` |
| upload | POST /v1/uploads, then multipart to the `uploadUrl` it names | `resources/uploads.py` |
| credits, models | GET /v1/organization | `types/organization_retrieve_response.py` |
| every call | X-Runway-Version: 2024-11-06, Bearer | `_client.py` |

PENDING and THROTTLED wait, RUNNING runs, SUCCEEDED, FAILED and CANCELLED end. Failure codes are dotted and meant to be
read by their beginning: docs.dev.runwayml.com/errors/task-failures. "Not enough credits" is a 400: sdk-node issue 28.
There are no callbacks and no id of ours.
"""

from __future__ import annotations

from urllib.parse import quote

from framegate.core.provider import Exchange, Next, Provider, bearer, failed, link, quantity, refusal, weather
from framegate.core.task import Cause, Handle, Kind, Media, Order, Output, Report, State
from framegate.core.wire import Malformed, Part, Record, Request, Response, get, post
from framegate.providers.runway.sounds import lasted
from framegate.providers.runway.submit import OFFERS, encode_submit, facts, rate_of
from framegate.providers.runway.told import HEADERS

STATES = {
    "PENDING": State.QUEUED,
    "THROTTLED": State.QUEUED,
    "RUNNING": State.RUNNING,
    "SUCCEEDED": State.SUCCEEDED,
    "CANCELLED": State.CANCELLED,
}
CAUSES = (
    ("SAFETY.", Cause.MODERATED),
    ("INPUT_PREPROCESSING.SAFETY.", Cause.MODERATED),
    ("ASSET.", Cause.INVALID),
)
"""What a failure code begins with, and what it means; all others are the provider's own fault."""


def refused(response: Response) -> tuple[Cause | None, str] | None:
    """Cause and message of an HTTP error; None: it is none."""
    if 200 <= response.status < 300:
        return None
    try:
        message = response.json().at("error").text_or("")
    except Malformed:
        message = ""
    if response.status == 400 and "credits" in message.lower():
        return Cause.CREDIT, message
    return (Cause.INVALID if response.status in {404, 405} else None), message


def decode_submit(order: Order, response: Response) -> Report:
    if error := refused(response):
        return refusal(response, *error)
    handle = {"id": response.json().at("id").text(), "kind": order.spec.kind.value}
    return Report(state=State.QUEUED, handle={**handle, **rate_of(order)})


def encode_poll(handle: Handle) -> Request:
    return get(f"/v1/tasks/{quote(handle['id'], safe='')}", HEADERS)


def decode_poll(handle: Handle, response: Response) -> Report:
    task = read(response)
    status = task.at("status").text()
    cost = quantity(task.at("cost", "credits"))
    usage = {} if cost is None else {"credit": cost, **lasted(handle, cost)}
    if status == "FAILED":
        code = task.at("failureCode").text_or("")
        cause = next((cause for start, cause in CAUSES if code.startswith(start)), Cause.BROKEN)
        return failed(cause, task.at("failure").text_or(code), code, usage=usage)
    outputs = tuple(
        Output(id=str(place), kind=Kind(handle.get("kind", "video")), url=link(url))
        for place, url in enumerate(task.at("output").items())
        if status == "SUCCEEDED"
    )
    if status == "SUCCEEDED" and not outputs:
        raise Malformed("the task succeeded without an output")
    progress = task.at("progress").number()
    return Report(
        state=STATES.get(status, State.RUNNING),
        outputs=outputs,
        usage=usage,
        progress=progress if progress is not None and 0 <= progress <= 1 else None,
    )


def read(response: Response) -> Record:
    """The body of a good answer. Raises `Weather` for any other."""
    if error := refused(response):
        raise weather(response, None if response.status == 404 else error[0], error[1])
    return response.json()


def encode_cancel(handle: Handle) -> Request:
    return Request(method="DELETE", url=f"/v1/tasks/{quote(handle['id'], safe='')}", headers=HEADERS)


def decode_cancel(_handle: Handle, response: Response) -> Report:
    if error := refused(response):
        raise weather(response, None if response.status == 404 else error[0], error[1])
    return Report(state=State.CANCELLED)


def encode_upload(media: Media) -> Request:
    return post("/v1/uploads", {"filename": filename(media), "type": "ephemeral"}, HEADERS)


def decode_upload(media: Media, response: Response) -> Next:
    slot = read(response)
    fields = [Part(name, value.text()) for name, value in slot.at("fields").fields()]
    file = Part("file", media.blob, filename(media), media.blob.media_type)
    place = slot.at("runwayUri").text()
    if not place.startswith("runway://"):
        raise Malformed("expected a runway:// URI")
    return Next(
        Request(method="POST", url=link(slot.at("uploadUrl")), parts=(*fields, file)),
        Media(role=media.role, blob=media.blob, url=place),
    )


def filename(media: Media) -> str:
    """A name with the right ending; the client's own is not told."""
    return f"{media.role}.{media.blob.media_type.partition('/')[2] or 'bin'}"


def decode_credits(_: None, response: Response) -> dict[str, int]:
    balance = quantity(read(response).at("creditBalance"))
    if balance is None:
        raise Malformed("expected a credit balance")
    return {"credit": balance}


def decode_models(_: None, response: Response) -> list[str]:
    """Those that the account's tier has limits for."""
    return sorted(name for name, _ in read(response).at("tier", "models").fields())


PROVIDER = Provider(
    name="runway",
    docs="https://docs.dev.runwayml.com/api",
    base_url="https://api.dev.runwayml.com",
    poll_seconds=5,
    hosts=("api.dev.runwayml.com",),
    sign=bearer,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    cancel=Exchange(encode_cancel, decode_cancel),
    upload=Exchange(encode_upload, decode_upload),
    credits=Exchange(lambda _: get("/v1/organization", HEADERS), decode_credits),
    models=Exchange(lambda _: get("/v1/organization", HEADERS), decode_models),
    offers=OFFERS,
)
