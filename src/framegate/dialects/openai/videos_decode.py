"""A request to `/v1/videos` in our words.

| their word | ours | source |
|---|---|---|
| seconds, size | the same; "4" and "720x1280" if left out | openai-openapi f85dbe2 |
| input_reference | first_frame | the same |
| characters | character, see `videos_characters.py` | OpenAI's guide to videos, 2026-08 |
| remix: the path's id | parent; vary | the same |
| edits, extensions: video | parent, or the input video; edit, extend | the same; OpenAI's guide to videos, 2026-08 |
| seed, fps, guidance_scale, generate_sound, negative_prompt | the same | vLLM-Omni docs/serving/videos_api.md |
| its other fields | as they are, to servers of this format alone | the same |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from framegate.core.checks import (
    check_id,
    check_link,
    check_model,
    check_note,
    check_prompt,
    check_seconds,
    check_seed,
    check_size,
)
from framegate.core.dialect import Call, Filter, invalid
from framegate.core.task import Action, Input, Kind, Role, Spec
from framegate.dialects.openai.trouble import check_fields, wrong
from framegate.dialects.openai.videos_characters import cast_of
from framegate.dialects.openai.videos_shapes import (
    Edit,
    Extension,
    ImageReference,
    NewVideo,
    Remix,
    VideoReference,
)

MODEL = "sora-2"
SECONDS = 4.0
SIZE = "720x1280"
PROMPT = 32_000
"""Characters of a prompt: more than the gateway takes in other formats, for this one promises them."""
LIMIT = 100
QUERY = {
    "after": "The id of the last video of the page before",
    "limit": f"How many, 1 to {LIMIT}; 20 if left out",
    "order": "desc (newest first, if left out) or asc",
}
EXTRAS = (
    "num_inference_steps",
    "guidance_scale_2",
    "true_cfg_scale",
    "flow_shift",
    "boundary_ratio",
    "sound_duration",
    "enable_frame_interpolation",
    "frame_interpolation_exp",
    "frame_interpolation_scale",
    "enable_teacache",
)


def decode(call: Call) -> Spec:
    """The spec of a create request. Raises `Trouble` in the client's words."""
    body: NewVideo = call.body
    check(call, body)
    first = picture_of(body.input_reference, call.raw)
    extra = {name: getattr(body, name) for name in EXTRAS if getattr(body, name) is not None}
    check_note(extra, "the body")
    return Spec(
        kind=Kind.VIDEO,
        model=check_model(body.model, "model") if body.model else MODEL,
        prompt=prompt_of(body.prompt),
        negative_prompt=check_prompt(body.negative_prompt or "", "negative_prompt"),
        seconds=seconds_of(body.seconds) or SECONDS,
        size=check_size(body.size, "size") if body.size else SIZE,
        fps=fps_of(body.fps),
        seed=check_seed(body.seed, "seed"),
        guidance=guidance_of(body.guidance_scale),
        audio=body.generate_sound,
        inputs=(
            *((Input(Role.FIRST_FRAME, first),) if first else ()),
            *cast_of(body.characters, call.raw.get("characters")),
        ),
        callback_url=callback_of(body.callback_url),
        vendor="openai",
        extra=extra,
    )


def decode_remix(call: Call) -> Spec:
    """A new video after a finished one. Raises `Trouble`."""
    body: Remix = call.body
    check(call, body)
    source = check_id(call.path.get("id", ""), "video_id")
    return Spec(
        kind=Kind.VIDEO,
        model="",
        action=Action.VARY,
        prompt=prompt_of(body.prompt),
        parent=source,
        callback_url=callback_of(body.callback_url),
        vendor="openai",
        memo={"remixed_from": source},
    )


def decode_edit(call: Call) -> Spec:
    """A finished or an uploaded video, changed. Raises `Trouble`."""
    return continuation(call, Action.EDIT, None)


def decode_extension(call: Call) -> Spec:
    """A finished or an uploaded video, continued. Raises `Trouble`."""
    body: Extension = call.body
    return continuation(call, Action.EXTEND, seconds_of(body.seconds))


def continuation(call: Call, action: Action, seconds: float | None) -> Spec:
    body: Edit = call.body
    check(call, body)
    parent, file = source_of(body.video, call.raw)
    model = check_model(body.model, "model") if body.model else ""
    return Spec(
        kind=Kind.VIDEO,
        model=model or ("" if parent else MODEL),
        action=action,
        prompt=prompt_of(body.prompt),
        seconds=seconds,
        inputs=(Input(Role.VIDEO, file),) if file else (),
        parent=parent,
        callback_url=callback_of(body.callback_url),
        vendor="openai",
    )


def check(call: Call, body: msgspec.Struct) -> None:
    check_fields(cast("Mapping[str, Any]", call.raw), body.__struct_encode_fields__)


def prompt_of(text: str) -> str:
    if not text.strip():
        raise invalid("prompt", "prompt must have at least one character: say what to make")
    if len(text) > PROMPT:
        raise invalid("prompt", f"prompt may have at most {PROMPT} characters; it has {len(text)}")
    return text


def seconds_of(value: str | float | None) -> float | None:
    """`"8"` → 8.0."""
    if value is None or value == "":
        return None
    right = 'seconds must be whole seconds as a text, such as "4", "8" or "12"'
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) < 4):
            raise invalid("seconds", right)
    elif value % 1:
        raise invalid("seconds", right)
    return check_seconds(float(value), "seconds")


def fps_of(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= 120:
        raise invalid("fps", "fps must be from 1 to 120")
    return value


def guidance_of(value: float | None) -> float | None:
    if value is not None and not 0 <= value <= 100:
        raise invalid("guidance_scale", "guidance_scale must be from 0 to 100")
    return value


def callback_of(url: str | None) -> str | None:
    return check_link(url, "callback_url") if url else None


def file_of(text: str, field: str, right: str) -> str:
    """A form's file, as it stands for one once it was received; any other text is refused as OpenAI refuses it."""
    if not text.startswith("upload:"):
        message = f"Invalid type for '{field}': expected a file of the form, or {right}; got a text"
        raise wrong(field, message, "invalid_type")
    return f"upload:{check_id(text.removeprefix('upload:'), field)}"


def picture_of(given: str | ImageReference | None, raw: Any) -> str:  # noqa: ANN401 - JSON
    """Where the first frame is; empty for none."""
    if given is None or given == "":
        return ""
    if isinstance(given, str):
        return file_of(given, "input_reference", 'an object such as {"image_url": "https://…"}')
    check_fields(raw["input_reference"], ImageReference.__struct_encode_fields__, "input_reference")
    if bool(given.image_url) == bool(given.file_id):
        raise invalid("input_reference", "input_reference must have exactly one of image_url and file_id")
    if given.file_id:
        return f"upload:{check_id(given.file_id.removeprefix('upload:'), 'input_reference.file_id')}"
    url = given.image_url or ""
    if not url.startswith("data:"):
        check_link(url, "input_reference.image_url")
    return url


def source_of(given: str | VideoReference, raw: Any) -> tuple[str | None, str]:  # noqa: ANN401 - JSON
    """The parent's id, or where the file is."""
    if isinstance(given, str):
        return None, file_of(given, "video", 'an object such as {"id": "video_…"}')
    check_fields(raw["video"], VideoReference.__struct_encode_fields__, "video")
    return check_id(given.id, "video.id"), ""


def decode_list(call: Call) -> Filter:
    check_fields(call.query, tuple(QUERY))
    limit = call.query.get("limit", "20")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= LIMIT):
        raise invalid("limit", f"limit must be a whole number from 1 to {LIMIT}")
    order = call.query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise invalid("order", "order must be asc or desc")
    after = call.query.get("after")
    return Filter(
        limit=int(limit), after=check_id(after, "after") if after else None, ascending=order == "asc"
    )
