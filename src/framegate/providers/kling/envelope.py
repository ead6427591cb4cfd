"""What both generations of Kling's API have in common: the signature, the envelope, the error table.

Every answer is `{code, message, request_id, data}`; `code` 0 is good. HTTP 429 alone does not mean "try again": an
account without units answers 429, too (code 1102). Source: kling.ai/document-api, pages `authentication` and
`error-codes`, read 2026-08.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from framegate.core.money import UNIT
from framegate.core.provider import Credential, bearer, quantity, weather
from framegate.core.task import Cause, Media, Report
from framegate.core.wire import Embed, Json, Malformed, Record, Request, Response, get

HOSTS = ("api-singapore.klingai.com", "api-beijing.klingai.com", "api.klingai.com")
DOCS = "https://kling.ai/document-api"

CAUSES = {
    1000: Cause.UNAUTHORIZED,
    1001: Cause.UNAUTHORIZED,
    1002: Cause.UNAUTHORIZED,
    1003: Cause.UNAUTHORIZED,  # not yet valid: a clock is wrong; every send is signed anew
    1004: Cause.UNAUTHORIZED,
    1100: Cause.UNAUTHORIZED,  # the account is abnormal
    1101: Cause.CREDIT,
    1102: Cause.CREDIT,
    1103: Cause.UNAUTHORIZED,
    1200: Cause.INVALID,
    1201: Cause.INVALID,
    1202: Cause.INVALID,
    1203: Cause.INVALID,
    1300: Cause.MODERATED,
    1301: Cause.MODERATED,
    1302: Cause.BUSY,
    1303: Cause.BUSY,
    1304: Cause.UNAUTHORIZED,  # our address is not on the account's list
    5000: Cause.BROKEN,
    5001: Cause.BROKEN,
    5002: Cause.BROKEN,
}
WITHHELD = ("risk control", "safety", "sensitive", "moderation", "policy", "violat", "prohibited")
"""Words of a failed task's message that mean moderation: a failed task has no code, only text."""
TAKEN = ("exist", "duplicat", "unique", "repeat", "already", "conflict")
SLOT_FREE = 1.0
"""Seconds to wait at least when all slots are taken (code 1303)."""
IMAGE_LIMIT = 10_000_000
"""Bytes of an image that the older generation takes."""
OVER = UNIT // 10
"""Millionths of a second by which a video may be longer than what is sold: 5 s come as 5.041."""


def sign(request: Request, credential: Credential, now: datetime) -> Request:
    """A token of our own for a pair of access and secret key, good for half an hour; a lone API key goes as it is."""
    if not credential.secret:
        return bearer(request, credential, now)
    at = int(now.timestamp())
    claims = {"iss": credential.key, "exp": at + 1800, "nbf": at - 5}
    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    mac = hmac.new(credential.secret.encode(), text.encode(), hashlib.sha256).digest()
    token = f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    return msgspec.structs.replace(request, headers={**request.headers, "authorization": f"Bearer {token}"})


def encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def refused(response: Response) -> tuple[Cause | None, str, str] | None:
    """Cause, message and code of an answer that says no; None: it says yes."""
    try:
        body = response.json()
    except Malformed:
        body = Record(None)
    code = body.at("code").number()
    good = 200 <= response.status < 300
    if good and not code:
        return None
    message = body.at("message").text_or("")
    name = str(int(code)) if code else ""
    return CAUSES.get(int(code)) if code else None, message, name


def duplicate(response: Response) -> bool:
    """Whether an order was refused because our id is used: then the one before it has arrived."""
    error = refused(response)
    if error is None or error[2] not in {"1200", "1201"}:
        return False
    said = error[1].lower()
    return "external_task_id" in said and any(word in said for word in TAKEN)


def read(response: Response) -> Record:
    """The `data` of a good answer. Raises `Weather` for any other."""
    if error := refused(response):
        cause = None if response.status == 404 else error[0]
        good = 200 <= response.status < 300
        raise weather(response, cause or (Cause.BROKEN if good else None), error[1])
    return response.json().at("data")


def withheld(message: str) -> Cause:
    """Why a task failed, from its text."""
    said = message.lower()
    return Cause.MODERATED if any(word in said for word in WITHHELD) else Cause.BROKEN


def lasted(videos: Iterable[Record], step: int = 1) -> dict[str, int]:
    """The seconds that the videos of a result have, counted in full steps; nothing where Kling does not say."""
    lengths = [quantity(video.at("duration")) or 0 for video in videos]
    if not lengths or not all(lengths):
        return {}
    size = step * UNIT
    return {"second": sum(max(1, -(-(length - OVER) // size)) * size for length in lengths)}


def slow_down(report: Report, code: str) -> Report:
    """The report with a wait, when all slots are taken and the vendor named none."""
    if code != "1303" or report.retry_after is not None:
        return report
    return msgspec.structs.replace(report, retry_after=SLOT_FREE)


def picture(media: Media, limit: int = IMAGE_LIMIT) -> Json:
    """An image as bare base64, so that no public address is needed; a link when it is too large for that."""
    return Embed(media.blob, "base64") if media.blob.size <= limit else media.url


def encode_credits(_: None) -> Request:
    """Both times are required; packs that were bought between them are listed."""
    return get("/account/costs?start_time=1640995200000&end_time=4102444800000")


def decode_credits(_: None, response: Response) -> dict[str, int]:
    """What is left of each pack that can be used, by name, in millionths of a unit."""
    left: dict[str, int] = {}
    for pack in read(response).at("resource_pack_subscribe_infos").items():
        remaining = quantity(pack.at("remaining_quantity"))
        if pack.at("status").text_or("") == "online" and remaining is not None:
            name = pack.at("resource_pack_name").text_or("unit")
            left[name] = left.get(name, 0) + remaining
    return left
