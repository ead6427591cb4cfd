"""Kling's newer API: the model in the path, `settings` beside `contents`, all tasks read at one place.

| what | path |
|---|---|
| video | POST /text-to-video/{model}, /image-to-video/{model}, /omni-video/{model} |
| poll, many at once | GET /tasks?task_ids=a,b |
| find | GET /tasks?external_task_ids=a,b |
| what is left | GET /account/costs |

`submitted` waits, `processing` runs, `succeeded` and `failed` end; the answer to a query is a list. A failed task says
why in its own `message`. `external_task_id` is ours: a task is found by it. Kling asks that it be unique in an account,
and no page says that a second use is refused, so an order of unknown fate is looked for and not sent again; when an
operator has it sent again, a refusal of the id proves that it had arrived. Only a plain API key signs here; a pair of
keys is for the older API. There is no cancel, and failed tasks cost nothing. Source: kling.ai/document-api, pages of
2.6, 3.0 and 3.0 Omni, `callbacks`, `error-codes`, read 2026-05 to 08.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from framegate.core.provider import Exchange, Provider, Weather, bearer, failed, link, quantity, refusal
from framegate.core.task import Cause, Handle, Kind, Order, Output, Report, State
from framegate.core.wire import Malformed, Record, Request, Response, get
from framegate.providers.kling.current_offers import OFFERS
from framegate.providers.kling.current_submit import encode_submit, facts
from framegate.providers.kling.envelope import (
    DOCS,
    HOSTS,
    decode_credits,
    duplicate,
    encode_credits,
    lasted,
    read,
    refused,
    slow_down,
    withheld,
)

STATES = {"submitted": State.QUEUED, "processing": State.RUNNING, "succeeded": State.SUCCEEDED}
KINDS = {"video": (Kind.VIDEO, "url"), "image": (Kind.IMAGE, "url"), "audio": (Kind.MUSIC, "mp3_url")}
"""Outputs that are results, and where each has its link; `element` and `voice` are entries of a library."""


def decode_submit(order: Order, response: Response) -> Report:
    if duplicate(response) and order.task_id:
        return Report(state=State.QUEUED, handle={"external": order.task_id})
    if error := refused(response):
        return slow_down(refusal(response, *error), error[2])
    data = response.json().at("data")
    handle = {"id": data.at("id").name()}
    if data.at("status").text_or("") == "failed":
        return msgspec.structs.replace(report_of(data), handle=handle)
    return Report(state=State.QUEUED, handle=handle)


def encode_poll(handle: Handle) -> Request:
    """By Kling's id; by ours while that is the only one known."""
    name, key = ("task_ids", "id") if "id" in handle else ("external_task_ids", "external")
    return get(f"/tasks?{name}={quote(handle[key], safe='')}")


def decode_poll(handle: Handle, response: Response) -> Report:
    found = next(iter(read(response).items()), None)
    if found is None:
        raise Weather(Cause.LOST, "the task is not known")
    report = report_of(found)
    known = found.at("id").text_or("")
    if "id" in handle or not known:
        return report
    return msgspec.structs.replace(report, handle={**handle, "id": known})


def encode_poll_many(handles: tuple[Handle, ...]) -> Request:
    return get(f"/tasks?task_ids={','.join(quote(h.get('id', ''), safe='') for h in handles)}")


def decode_poll_many(handles: tuple[Handle, ...], response: Response) -> tuple[Report | None, ...]:
    """One report a handle, in their order; None for a task that is not in the answer."""
    found = {task.at("id").text_or(""): task for task in read(response).items()}
    tasks = [found.get(handle.get("id", "")) for handle in handles]
    return tuple(None if task is None else report_of(task) for task in tasks)


def report_of(task: Record) -> Report:
    status, usage = task.at("status").text(), usage_of(task)
    if status == "failed":
        message = task.at("message").text_or("")
        return failed(withheld(message), message or "the task failed", usage=usage)
    if status != "succeeded":
        return Report(state=STATES.get(status, State.RUNNING), usage=usage)
    outputs = tuple(
        Output(id=str(place), kind=KINDS[kind][0], url=link(item.at(KINDS[kind][1])))
        for place, item in enumerate(task.at("outputs").items())
        if (kind := item.at("type").text_or("")) in KINDS
    )
    if not outputs:
        raise Malformed("the task succeeded without a result")
    videos = [item for item in task.at("outputs").items() if item.at("type").text_or("") == "video"]
    return Report(state=State.SUCCEEDED, outputs=outputs, usage={**usage, **lasted(videos)})


def usage_of(task: Record) -> dict[str, int]:
    """What was taken: units of packs, or money by its currency."""
    used: dict[str, int] = {}
    for bill in task.at("billing").items():
        amount = quantity(bill.at("amount"))
        cash = bill.at("charge_type").text_or("") == "cash"
        name = bill.at("currency").text_or("cash").lower()[:20] if cash else "unit"
        if amount is not None:
            used[name] = used.get(name, 0) + amount
    return used


def encode_find(order: Order) -> Request:
    return get(f"/tasks?external_task_ids={quote(order.task_id, safe='')}")


def decode_find(order: Order, response: Response) -> Report | None:
    error = refused(response)
    if error and (response.status == 404 or error[2] in {"1200", "1201", "1203"}):
        return None
    found = next(iter(read(response).items()), None)
    if found is None:
        return None
    known = found.at("id").text_or("")
    handle = {"external": order.task_id, **({"id": known} if known else {})}
    return msgspec.structs.replace(report_of(found), handle=handle)


PROVIDER = Provider(
    name="kling-next",
    docs=DOCS,
    base_url="https://api-singapore.klingai.com",
    hosts=HOSTS,
    sign=bearer,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    poll_many=Exchange(encode_poll_many, decode_poll_many),
    find=Exchange(encode_find, decode_find),
    credits=Exchange(encode_credits, decode_credits),
    offers=OFFERS,
)
