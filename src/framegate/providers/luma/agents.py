"""Luma's Agents API, where its newer models are sold: one path, the kind of work in `type`.

| what | path |
|---|---|
| image, image_edit, video, video_edit, video_reframe | POST /v1/generations |
| poll | GET /v1/generations/{id} |

`queued` waits, `processing` runs, `completed` and `failed` end; a failure has a code. Results are links that are good
for an hour. There is no id of ours, no callback and no cancel. A 429 says when to come again.

Sources: PyPI `luma-agents` 0.5.0, `types/`; docs.agents.lumalabs.ai, error handling and rate limits, read 2026-06.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from framegate.core.provider import Exchange, Provider, bearer, failed, link, refusal, weather
from framegate.core.task import Cause, Handle, Kind, Order, Output, Report, State
from framegate.core.wire import Malformed, Record, Request, Response, get
from framegate.providers.luma.agents_submit import OFFERS, encode_submit, facts

STATES = {"queued": State.QUEUED, "processing": State.RUNNING, "completed": State.SUCCEEDED}
CAUSES = {
    "content_moderated": Cause.MODERATED,
    "budget_exhausted": Cause.CREDIT,
    "image_too_large": Cause.INVALID,
    "unsupported_format": Cause.INVALID,
    "corrupt_input": Cause.INVALID,
    "invalid_request": Cause.INVALID,
    "generation_failed": Cause.BROKEN,
    "output_not_found": Cause.BROKEN,
    "rate_limited": Cause.BUSY,
}
KINDS = {"image": Kind.IMAGE, "video": Kind.VIDEO}


def refused(response: Response) -> tuple[Cause | None, str, str] | None:
    """Cause, message and code of an HTTP error; None: it is none. No page shows the body: several shapes are read."""
    if 200 <= response.status < 300:
        return None
    try:
        body = response.json()
    except Malformed:
        body = Record(None)
    inner = body.at("error") if body.at("error", "message").value else body
    names = ("message", "detail", "error", "failure_reason")
    message = next((said for name in names if (said := inner.at(name).text_or(""))), "")
    code = inner.at("code").text_or("") or body.at("failure_code").text_or("")
    return CAUSES.get(code), message, code


def decode_submit(_order: Order, response: Response) -> Report:
    if error := refused(response):
        return refusal(response, *error)
    generation = response.json()
    handle = {"id": generation.at("id").text()}
    if generation.at("state").text_or("") == "failed":
        return msgspec.structs.replace(report_of(generation), handle=handle)
    return Report(state=State.QUEUED, handle=handle)


def encode_poll(handle: Handle) -> Request:
    return get(f"/v1/generations/{quote(handle['id'], safe='')}")


def decode_poll(_handle: Handle, response: Response) -> Report:
    if error := refused(response):
        raise weather(response, error[0], error[1])
    return report_of(response.json())


def report_of(generation: Record) -> Report:
    """What a generation says. Files that are neither image nor video, such as an EXR beside it, are left."""
    state = generation.at("state").text()
    if state == "failed":
        code = generation.at("failure_code").text_or("")
        reason = generation.at("failure_reason").text_or("")
        return failed(CAUSES.get(code, Cause.BROKEN), reason or code or "the generation failed", code)
    if state != "completed":
        return Report(state=STATES.get(state, State.RUNNING))
    outputs = tuple(
        Output(id=str(place), kind=KINDS[kind], url=link(item.at("url")))
        for place, item in enumerate(generation.at("output").items())
        if (kind := item.at("type").text_or("")) in KINDS
    )
    if not outputs:
        raise Malformed("the generation completed without an output")
    return Report(state=State.SUCCEEDED, outputs=outputs)


PROVIDER = Provider(
    name="luma-agents",
    docs="https://docs.agents.lumalabs.ai",
    base_url="https://agents.lumalabs.ai",
    hosts=("agents.lumalabs.ai",),
    sign=bearer,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    offers=OFFERS,
)
