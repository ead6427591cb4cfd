"""Zhipu's video API (CogVideoX, and Vidu sold under the same key): made at one path, read at another.

| what | path |
|---|---|
| video | POST /api/paas/v4/videos/generations |
| poll | GET /api/paas/v4/async-result/{id}: the platform's id, not our `request_id` |

`PROCESSING` from the first answer on, then `SUCCESS` or `FAIL`; no queue, no progress, no times. `request_id` is ours:
a second use is refused (code 1231), which proves that the first order arrived. Its id is lost to us then, so the task
ends as lost, and nothing is bought twice. There is no cancel, no list, no callback, no balance. HTTP 429 is also the
answer to an account in arrears: the code decides. Outside China the same API answers at https://api.z.ai.

Sources: PyPI `zai-sdk` 0.2.3, `zhipuai` 2.1.5; docs.bigmodel.cn, video generation and error codes, read 2026-11.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from framegate.core.provider import Credential, Exchange, Provider, bearer, failed, link, refusal, weather
from framegate.core.task import Cause, Failure, Handle, Kind, Order, Output, Report, State
from framegate.core.wire import Malformed, Record, Request, Response, get
from framegate.providers.zhipu.submit import OFFERS, encode_submit, facts

CAUSES: dict[Cause, str] = {
    Cause.UNAUTHORIZED: "1000 1001 1002 1003 1004 1100 1110 1111 1112 1121 1220 1311 1313",
    Cause.CREDIT: "1113 1308 1309 1310",
    Cause.INVALID: "1200 1210 1211 1212 1213 1214 1215 1221 1222 1231 1261",
    Cause.MODERATED: "1300 1301",
    Cause.BUSY: "1302 1303 1304 1305 1312",
    Cause.BROKEN: "500 1120 1230 1234",
}
BY_CODE = {code: cause for cause, codes in CAUSES.items() for code in codes.split()}
BY_STATUS = {434: Cause.UNAUTHORIZED, 435: Cause.INVALID}
"""Statuses of Zhipu's own: no permission for an API, a file over 100 MB."""
WAITS = {"1304": 3600.0}
"""Seconds to wait at least: a day's quota is used up."""
USED = "1231"
TOKEN_LIFE = 210_000
"""Milliseconds that a signed token is good for, as in the SDK."""


def sign(request: Request, credential: Credential, now: datetime) -> Request:
    """The whole key `<id>.<secret>` as it is; or, given as two halves, a token signed with the second."""
    if not credential.secret:
        return bearer(request, credential, now)
    at = int(now.timestamp() * 1000)  # this vendor's tokens count in milliseconds
    claims = {"api_key": credential.key, "exp": at + TOKEN_LIFE, "timestamp": at}
    text = f"{encoded({'alg': 'HS256', 'sign_type': 'SIGN'})}.{encoded(claims)}"
    mac = hmac.new(credential.secret.encode(), text.encode(), hashlib.sha256).digest()
    token = f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    return msgspec.structs.replace(request, headers={**request.headers, "authorization": f"Bearer {token}"})


def encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def refused(response: Response) -> tuple[Cause | None, str, str] | None:
    """Cause, message and code of an answer that is an error; None: it is none."""
    try:
        body = response.json()
    except Malformed:
        body = Record(None)
    good = 200 <= response.status < 300
    if good and (body.at("error").value is None or body.at("task_status").value is not None):
        return None
    cause, message, code = said(body.at("error"))
    return cause or BY_STATUS.get(response.status), message, code


def said(error: Record) -> tuple[Cause | None, str, str]:
    """Cause, message and code of an error object."""
    code = error.at("code").number()
    name = error.at("code").text_or("" if code is None else f"{code:.0f}")
    return BY_CODE.get(name), error.at("message").text_or(""), name


def decode_submit(order: Order, response: Response) -> Report:
    if error := refused(response):
        cause, message, code = error
        if code == USED and order.task_id:
            lost = Failure(
                Cause.LOST, "an earlier answer to this order was lost, and the task cannot be found", code
            )
            return Report(state=State.FAILED, failure=lost, handle={"request_id": order.task_id})
        report = refusal(response, cause or (Cause.BROKEN if response.status < 300 else None), message, code)
        wait = WAITS.get(code)
        return (
            msgspec.structs.replace(report, retry_after=wait) if wait and not report.retry_after else report
        )
    body = response.json()
    handle = {"id": body.at("id").name()}
    if body.at("task_status").text_or("") == "FAIL":
        return msgspec.structs.replace(report_of(body), handle=handle)
    return Report(state=State.RUNNING, handle=handle)


def encode_poll(handle: Handle) -> Request:
    return get(f"/api/paas/v4/async-result/{quote(handle['id'], safe='')}")


def decode_poll(_handle: Handle, response: Response) -> Report:
    if error := refused(response):
        cause = None if response.status == 404 else error[0]
        good = 200 <= response.status < 300
        raise weather(response, cause or (Cause.BROKEN if good else None), error[1])
    return report_of(response.json())


def report_of(task: Record) -> Report:
    """What a task says. The cover that lies beside each video is not wanted: posters are made here."""
    status = task.at("task_status").text()
    if status == "FAIL":
        cause, message, code = said(task.at("error"))
        return failed(cause or Cause.BROKEN, message or "the task failed", code)
    if status != "SUCCESS":
        return Report(state=State.RUNNING)
    outputs = tuple(
        Output(id=str(place), kind=Kind.VIDEO, url=link(video.at("url")))
        for place, video in enumerate(task.at("video_result").items())
    )
    if not outputs:
        raise Malformed("the task succeeded without a video")
    return Report(state=State.SUCCEEDED, outputs=outputs)


PROVIDER = Provider(
    name="zhipu",
    docs="https://docs.bigmodel.cn/api-reference",
    base_url="https://open.bigmodel.cn",
    hosts=("open.bigmodel.cn", "api.z.ai"),
    sign=sign,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    offers=OFFERS,
    dedupes=True,
)
