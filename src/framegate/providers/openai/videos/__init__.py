"""The OpenAI videos API, as self-hosted servers speak it; OpenAI's own service ended on 2026-09-24.

| what | path | source |
|---|---|---|
| video | POST /v1/videos, multipart | openai/openai-openapi f85dbe2; vLLM-Omni docs/serving/videos_api.md |
| what continues one | POST /v1/videos/{id}/remix, /v1/videos/edits, /v1/videos/extensions, JSON | openai-openapi |
| poll, delete | GET, DELETE /v1/videos/{id} | the same; SGLang `multimodal_gen` `video_api.py` |
| result | GET /v1/videos/{id}/content, with the key | the same |
| a character, before the video | POST /v1/videos/characters, multipart | openai-openapi |
| models | GET /v1/models | the same; of a self-hosted server the one that it was started with |
| every call | Bearer | the same |

queued waits, in_progress runs, completed and failed end. A create is always multipart, as the official SDKs send it:
vLLM-Omni takes nothing else, and SGLang takes it without a file, too. `input_reference` is a picture, or at vLLM-Omni
a video. `seconds` is always sent, for it is what is paid for. vLLM-Omni aborts what is deleted. Where SGLang keeps
results in a bucket, the task names the `url` and has no content. `openai-poll-after-ms` says when to look again. There
are no callbacks and no id of ours. Servers that answer a create with the finished video (NVIDIA Dynamo, LocalAI, both
in JSON alone) are not spoken to: such an answer takes longer than a submit may.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from framegate.core.provider import Exchange, Provider, bearer, cause_of, failed, link, refusal, weather
from framegate.core.task import Cause, Handle, Kind, Media, Order, Output, Report, Role, State
from framegate.core.wire import Malformed, Part, Record, Request, Response, get
from framegate.providers.openai.videos.submit import OFFERS, encode_submit, facts

STATES = {"queued": State.QUEUED, "completed": State.SUCCEEDED, "cancelled": State.CANCELLED}


def problem(response: Response) -> tuple[Cause | None, str, str] | None:
    """Cause, message and code of an HTTP error, in OpenAI's form or FastAPI's; None: it is none."""
    if 200 <= response.status < 300:
        return None
    try:
        body = response.json()
    except Malformed:
        return None, "", ""
    error = body.at("error") if body.at("error").value is not None else body
    code = str(error.at("code").value or error.at("type").value or "")
    first = next(iter(body.at("detail").items()), Record(None))
    said = (error.at("message"), body.at("error"), body.at("detail"), first.at("msg"))
    message = next((s for s in (record.text_or("") for record in said) if s), "")
    return told(code), message, code


def told(code: str) -> Cause | None:
    """What a code means, where it says more than the status."""
    if any(word in code for word in ("moderation", "content_policy", "safety")):
        return Cause.MODERATED
    return Cause.CREDIT if code in {"insufficient_quota", "billing_hard_limit_reached"} else None


def decode_submit(_order: Order, response: Response) -> Report:
    if error := problem(response):
        cause, message, code = error
        unknown = Cause.INVALID if response.status in {404, 405} else None
        return refusal(response, cause or unknown, message, code)
    video = response.json()
    return report_of(video, video.at("id").name(), response)


def decode_poll(handle: Handle, response: Response) -> Report:
    return report_of(read(response), handle["id"], response)


def read(response: Response) -> Record:
    """The body of a good answer. Raises `Weather` for any other."""
    if error := problem(response):
        raise weather(response, error[0], error[1])
    return response.json()


def report_of(video: Record, video_id: str, response: Response) -> Report:
    """What a video object says."""
    handle = {"id": video_id}
    status = video.at("status").text()
    if status == "failed":
        return failure_of(video.at("error"))
    state = STATES.get(status, State.RUNNING)
    percent = video.at("progress").number()
    outputs: tuple[Output, ...] = ()
    if state is State.SUCCEEDED:
        stored = video.at("url").value is not None and video.at("url").value != ""
        content = f"/v1/videos/{quote(video_id, safe='')}/content"
        url = link(video.at("url")) if stored else content
        outputs = (Output(id="0", kind=Kind.VIDEO, url=url, signed=not stored),)
    pause = response.headers.get("openai-poll-after-ms", "")
    return Report(
        state=state,
        handle=handle,
        outputs=outputs,
        progress=percent / 100 if percent is not None and 0 <= percent <= 100 else None,
        retry_after=int(pause) / 1000 if pause.isascii() and pause.isdigit() and len(pause) < 8 else None,
    )


def failure_of(error: Record) -> Report:
    """A failed video; its code is a word or, at vLLM-Omni, a number like an HTTP status."""
    code = error.at("code").value
    word = str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""
    status = int(word) if word.isascii() and word.isdigit() and len(word) == 3 else 500
    return failed(told(word) or cause_of(status), error.at("message").text_or("") or error.text_or(""), word)


def decode_cancel(_handle: Handle, response: Response) -> Report:
    """OpenAI and vLLM-Omni say `deleted`, SGLang a video whose status is "deleted"."""
    answer = read(response)
    gone = answer.at("deleted").value is True or answer.at("status").value == "deleted"
    return Report(state=State.CANCELLED if gone else State.RUNNING)


def encode_upload(media: Media) -> Request:
    """A character, which the video then names by its id. Made again, it is one more of the same look."""
    ending = media.blob.media_type.partition("/")[2] or "mp4"
    video = Part("video", media.blob, f"character.{ending}", media.blob.media_type)
    return Request(
        method="POST",
        url="/v1/videos/characters",
        parts=(Part("name", media.name or "character"), video),
    )


def decode_upload(media: Media, response: Response) -> Media:
    """Servers without that path know no characters."""
    if response.status in {404, 405}:
        raise weather(response, Cause.INVALID, "the upstream knows no characters")
    return msgspec.structs.replace(media, url=read(response).at("id").name())


def decode_models(_: None, response: Response) -> list[str]:
    """Whatever the server serves, models for text included."""
    return [model.at("id").text() for model in read(response).at("data").items()]


def video_path(handle: Handle) -> str:
    return f"/v1/videos/{quote(handle['id'], safe='')}"


PROVIDER = Provider(
    name="openai-videos",
    docs="https://platform.openai.com/docs/api-reference/videos",
    base_url="https://api.openai.com",
    hosts=("api.openai.com",),
    sign=bearer,
    facts=facts,
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(lambda handle: get(video_path(handle)), decode_poll),
    cancel=Exchange(lambda handle: Request(method="DELETE", url=video_path(handle)), decode_cancel),
    upload=Exchange(encode_upload, decode_upload),
    uploads=(Role.CHARACTER,),
    models=Exchange(lambda _: get("/v1/models"), decode_models),
    offers=OFFERS,
)
