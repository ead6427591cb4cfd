"""Kling's older API: one path for each kind of task, `model_name` in the body, results under the path that made them.

| what | path |
|---|---|
| video | POST /v1/videos/text2video, image2video, omni-video, multi-image2video, video-extend, lip-sync, effects |
| people | POST /v1/videos/avatar/image2video, motion-control |
| heard | POST /v1/audio/tts, text-to-audio, video-to-audio |
| image | POST /v1/images/generations, omni-image, multi-image2image, editing/expand, kolors-virtual-try-on |
| poll | GET the same path, then `/{task_id}` or `/{external_task_id}` |
| what is left | GET /account/costs |

`submitted` waits, `processing` runs, `succeed` and `failed` end. A failed task answers 200 with code 0 and the message
"SUCCEED": only `task_status` and `task_status_msg` tell. `external_task_id` is ours: below the path that made it a task
is found by it. Kling asks that it be unique in an account, and no page says that a second use is refused, so an order
of unknown fate is looked for and not sent again; when an operator has it sent again, a refusal of the id proves that it
had arrived. Speech takes no id and cannot be found. There is no cancel. Failed tasks cost nothing. What is as long as
the video or sound that was given is held for at the longest, and the report of the result says how many seconds it
became. Speech is in the answer to its request. Results are deleted after 30 days. Source: kling.ai/document-api, legacy
pages, read 2026-02 and 2026-08.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from framegate.core.provider import Exchange, Provider, failed, link, quantity, refusal
from framegate.core.task import Handle, Kind, Order, Output, Report, State
from framegate.core.wire import Malformed, Record, Request, Response, get
from framegate.providers.kling.envelope import (
    DOCS,
    HOSTS,
    decode_credits,
    duplicate,
    encode_credits,
    lasted,
    read,
    refused,
    sign,
    slow_down,
    withheld,
)
from framegate.providers.kling.legacy_heard import TTS
from framegate.providers.kling.legacy_offers import OFFERS
from framegate.providers.kling.legacy_paths import FOLLOWS, LIPS, facts, path_of
from framegate.providers.kling.legacy_submit import encode_submit

STATES = {"submitted": State.QUEUED, "processing": State.RUNNING, "succeed": State.SUCCEEDED}
RESULTS = (("videos", Kind.VIDEO, "url"), ("images", Kind.IMAGE, "url"), ("audios", Kind.SOUND, "url_mp3"))
SPOKEN = (("audios", Kind.SPEECH, "url"),)
FIVES = 5
"""Seconds of which Kling sells lips that speak: each five begun."""


def decode_submit(order: Order, response: Response) -> Report:
    if duplicate(response) and order.task_id:
        return Report(state=State.QUEUED, handle={"path": path_of(order), "id": order.task_id})
    if error := refused(response):
        return slow_down(refusal(response, *error), error[2])
    data = response.json().at("data")
    handle = {"path": path_of(order), "id": data.at("task_id").name()}
    if data.at("task_status").text_or("") in {"failed", "succeed"}:  # speech comes at once
        report = report_of(data, handle)
        return msgspec.structs.replace(report, handle=report.handle or handle)
    return Report(state=State.QUEUED, handle=handle)


def encode_poll(handle: Handle) -> Request:
    return get(f"{handle['path']}/{quote(handle['id'], safe='')}")


def decode_poll(handle: Handle, response: Response) -> Report:
    return report_of(read(response), handle)


def report_of(task: Record, handle: Handle | None) -> Report:
    """What a task object says. The handle of a finished video keeps its id at Kling: it can be continued by that."""
    status = task.at("task_status").text()
    usage = usage_of(task)
    if status == "failed":
        message = task.at("task_status_msg").text_or("")
        return failed(withheld(message), message or "the task failed", usage=usage)
    if status != "succeed":
        return Report(state=STATES.get(status, State.RUNNING), usage=usage)
    path = handle.get("path", "") if handle else ""
    results, wanted = task.at("task_result"), SPOKEN if path == TTS else RESULTS
    found = [(kind, item, word) for name, kind, word in wanted for item in results.at(name).items()]
    if not found:
        raise Malformed("the task succeeded without a result")
    outputs = tuple(
        Output(id=str(place), kind=kind, url=link(item.at(word)))
        for place, (kind, item, word) in enumerate(found)
    )
    first = found[0][1].at("id").text_or("")[:200]
    kept = {**handle, "video": first} if handle and first else None
    if path in FOLLOWS:
        usage |= lasted(results.at("videos").items(), FIVES if path == LIPS else 1)
    return Report(state=State.SUCCEEDED, outputs=outputs, usage=usage, handle=kept)


def usage_of(task: Record) -> dict[str, int]:
    """Units that were taken from a pack. A unit of a video pack and one of an image pack differ in price forty-fold."""
    units = quantity(task.at("final_unit_deduction"))
    return {} if units is None else {"unit": units}


def encode_find(order: Order) -> Request:
    """Below the path of its kind. Raises `ValueError` for speech, which is in the answer to its request or nowhere."""
    path = path_of(order)
    if path == TTS:
        raise ValueError("Kling keeps no speech under an id of ours")
    return get(f"{path}/{quote(order.task_id, safe='')}")


def decode_find(order: Order, response: Response) -> Report | None:
    error = refused(response)
    if error and (response.status == 404 or error[2] in {"1200", "1201", "1203"}):
        return None
    data = read(response)
    if data.value is None:
        return None
    handle = {"path": path_of(order), "id": order.task_id}
    report = report_of(data, handle)
    return report if report.handle else msgspec.structs.replace(report, handle=handle)


PROVIDER = Provider(
    name="kling",
    docs=DOCS,
    base_url="https://api-singapore.klingai.com",
    hosts=HOSTS,
    sign=sign,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    find=Exchange(encode_find, decode_find),
    credits=Exchange(encode_credits, decode_credits),
    offers=OFFERS,
)
