"""Luma's Dream Machine API: one Generation object is the answer to everything.

| what | path, below /dream-machine/v1 |
|---|---|
| video | POST /generations/video, /generations/video/modify, /generations/video/reframe |
| of a finished one | POST /generations/{id}/upscale, /generations/{id}/audio |
| image | POST /generations/image, /generations/image/reframe |
| poll, cancel | GET, DELETE /generations/{id} |
| credits | GET /credits, in cents of a dollar |

`queued` waits, `dreaming` runs (a video to look at may be there already), `completed` and `failed` end. Errors are
`{"detail": "..."}` without a code: only the words tell. Media go as links, never in the body. There is no id of ours,
so an order whose fate is unknown is not sent again. A failed generation is refunded in full; whether a deleted one is,
no source says, so it counts as billed. Sources: PyPI `lumaai` 1.21.0; lumalabs/lumaai-api `openapi.yaml` of 2025-06-24;
docs.lumalabs.ai, errors and faq.
"""

from __future__ import annotations

from urllib.parse import quote

from framegate.core.provider import Exchange, Provider, bearer, failed, link, quantity, refusal, weather
from framegate.core.task import Cause, Handle, Kind, Order, Output, Report, State
from framegate.core.wire import Malformed, Record, Request, Response, get
from framegate.providers.luma.dream_offers import OFFERS
from framegate.providers.luma.dream_submit import ROOT, encode_submit
from framegate.providers.luma.dream_ways import facts

STATES = {"queued": State.QUEUED, "dreaming": State.RUNNING, "completed": State.SUCCEEDED}
MEANINGS = (
    ("moderation", Cause.MODERATED),
    ("blacklist", Cause.MODERATED),
    ("user input frames", Cause.INVALID),
    ("prompt is", Cause.INVALID),
    ("insufficient credit", Cause.CREDIT),
    ("not enough credit", Cause.CREDIT),
)
"""Words of a message, and what they mean; the rest is the provider's own fault."""
ASSETS = (("video", Kind.VIDEO), ("image", Kind.IMAGE))


def meaning(message: str) -> Cause | None:
    said = message.lower()
    return next((cause for words, cause in MEANINGS if words in said), None)


def refused(response: Response) -> tuple[Cause | None, str] | None:
    """Cause and message of an HTTP error; None: it is none."""
    if 200 <= response.status < 300:
        return None
    try:
        message = response.json().at("detail").text_or("")
    except Malformed:
        message = ""
    return meaning(message) if response.status in {400, 402, 403, 422} else None, message


def decode_submit(_order: Order, response: Response) -> Report:
    if error := refused(response):
        return refusal(response, *error)
    generation = response.json()
    handle = {"id": generation.at("id").text()}
    state = STATES.get(generation.at("state").text_or("queued"), State.QUEUED)
    return Report(state=state if state is State.RUNNING else State.QUEUED, handle=handle)


def encode_poll(handle: Handle) -> Request:
    return get(f"{ROOT}/generations/{quote(handle['id'], safe='')}")


def decode_poll(_handle: Handle, response: Response) -> Report:
    return report_of(read(response))


def read(response: Response) -> Record:
    """The body of a good answer. Raises `Weather` for any other."""
    if error := refused(response):
        raise weather(response, *error)
    return response.json()


def report_of(generation: Record) -> Report:
    state, assets = generation.at("state").text(), generation.at("assets")
    if state == "failed":
        reason = generation.at("failure_reason").text_or("")
        return failed(meaning(reason) or Cause.BROKEN, reason or "the generation failed")
    if state == "completed":
        outputs = tuple(
            Output(id=name, kind=kind, url=link(assets.at(name)))
            for name, kind in ASSETS
            if assets.at(name).value is not None
        )
        if not outputs:
            raise Malformed("the generation completed without an asset")
        return Report(state=State.SUCCEEDED, outputs=outputs)
    early = assets.at("progress_video")
    shown = (
        ()
        if not early.value
        else (Output(id="progress", kind=Kind.VIDEO, url=link(early), provisional=True),)
    )
    return Report(state=STATES.get(state, State.RUNNING), outputs=shown)


def decode_cancel(_handle: Handle, response: Response) -> Report:
    if error := refused(response):
        raise weather(response, *error)
    return Report(state=State.CANCELLED)


def decode_credits(_: None, response: Response) -> dict[str, int]:
    balance = quantity(read(response).at("credit_balance"))
    if balance is None:
        raise Malformed("expected a credit balance")
    return {"cent": balance}


PROVIDER = Provider(
    name="luma",
    docs="https://docs.lumalabs.ai",
    base_url="https://api.lumalabs.ai",
    hosts=("api.lumalabs.ai",),
    sign=bearer,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    cancel=Exchange(
        lambda handle: Request(method="DELETE", url=f"{ROOT}/generations/{quote(handle['id'], safe='')}"),
        decode_cancel,
    ),
    credits=Exchange(lambda _: get(f"{ROOT}/credits"), decode_credits),
    offers=OFFERS,
)
