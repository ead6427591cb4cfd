"""FLUX at Black Forest Labs: one path per model; the answer names the URL to poll, on the region that has the task.

| what | path | source |
|---|---|---|
| image | POST /v1/{model} → id, polling_url, cost | BFL's OpenAPI of 2026-05-01 |
| poll | GET the polling_url | the same; black-forest-labs/skills `bfl-api` |
| credits | GET /v1/credits | the same |
| every call | x-key | docs.bfl.ai/quick_start/generating_images |

Pending, Reasoning and Generating run; Ready, Error, Request Moderated and Content Moderated end. "Task not found" comes
inside a 200, too, and from the wrong region right after a submit: it ends nothing. A poll may answer 422 with a task's
end in it. Errors are FastAPI's `{detail}` or `{error, message, details}`. The link of a result lasts ten minutes.

With a `webhook_url` the answer has no polling_url, and the global host need not know the task: so none is sent, and
tasks are polled. There is no cancelling, and no id of ours. `cost` is in credits of 0.01 USD, and comes once, with the
answer to the submit.
"""

from __future__ import annotations

from urllib.parse import quote

from framegate.core.provider import Exchange, Provider, failed, header, link, quantity, refusal, weather
from framegate.core.task import Cause, Handle, Kind, Order, Output, Report, State
from framegate.core.wire import Malformed, Record, Response, get
from framegate.providers.flux.submit import OFFERS, encode_submit, facts

FAILURES = {
    "Error": Cause.BROKEN,
    "Request Moderated": Cause.MODERATED,
    "Content Moderated": Cause.MODERATED,
}
WAITING = {"Pending": State.QUEUED}
UNKNOWN = "Task not found"


def problem(response: Response) -> tuple[str, str] | None:
    """Message and code of an HTTP error; None: it is none."""
    if 200 <= response.status < 300:
        return None
    try:
        body = response.json()
    except Malformed:
        return "", ""
    first = next(iter(body.at("detail").items()), Record(None))
    place = ".".join(
        p.name() for p in first.at("loc").items() if isinstance(p.value, str | int) and p.value != "body"
    )
    said = first.at("msg").text_or("")
    message = f"{place}: {said}" if place and said else said
    message = (
        message
        or body.at("detail").text_or("")
        or body.at("message").text_or("")
        or body.at("error").text_or("")
    )
    return message, first.at("type").text_or("") or body.at("error").text_or("")


def decode_submit(_order: Order, response: Response) -> Report:
    if error := problem(response):
        return refusal(response, Cause.INVALID if response.status in {404, 405} else None, *error)
    body = response.json()
    task_id = body.at("id").name()
    handle = {"id": task_id, "url": f"/v1/get_result?id={quote(task_id, safe='')}"}
    if body.at("polling_url").value is not None:
        handle["url"] = link(body.at("polling_url"))
    cost = quantity(body.at("cost"))
    return Report(state=State.QUEUED, handle=handle if cost is None else {**handle, "credit": str(cost)})


def decode_poll(handle: Handle, response: Response) -> Report:
    error = problem(response)
    try:
        task = response.json()
    except Malformed:
        task = Record(None)
    status = task.at("status").text_or("")
    if status == UNKNOWN:
        raise weather(response, Cause.LOST, "the task is not known (yet) to this region")
    if status in FAILURES and (error is None or response.status == 422):
        said = task.at("details", "error").text_or("") or task.at("result", "error").text_or("")
        return failed(FAILURES[status], said or task.at("error").text_or("") or status, status)
    if error is not None:
        raise weather(response, None, error[0])
    if status != "Ready":
        progress = task.at("progress").number()
        return Report(
            state=WAITING.get(task.at("status").text(), State.RUNNING),
            progress=progress if progress is not None and 0 <= progress <= 1 else None,
        )
    output = Output(id="0", kind=Kind.IMAGE, url=link(task.at("result", "sample")))
    return Report(state=State.SUCCEEDED, outputs=(output,), usage=billed(handle))


def billed(handle: Handle) -> dict[str, int]:
    """What the answer to the submit said that it costs."""
    cost = handle.get("credit", "")
    return {"credit": int(cost)} if cost.isdecimal() else {}


def decode_credits(_: None, response: Response) -> dict[str, int]:
    if error := problem(response):
        raise weather(response, None, error[0])
    balance = quantity(response.json().at("credits"))
    if balance is None:
        raise Malformed("expected a credit balance")
    return {"credit": balance}


PROVIDER = Provider(
    name="flux",
    docs="https://docs.bfl.ai",
    base_url="https://api.bfl.ai",
    hosts=("api.bfl.ai", "*.bfl.ai"),
    sign=header("x-key"),
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(lambda handle: get(handle["url"]), decode_poll),
    credits=Exchange(lambda _: get("/v1/credits"), decode_credits),
    offers=OFFERS,
)
