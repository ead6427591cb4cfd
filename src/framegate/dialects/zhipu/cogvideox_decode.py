"""A request to Zhipu's video API in our words.

| their word | ours |
|---|---|
| image_url | first_frame; of a list of two first_frame and last_frame; references for a model named …-reference |
| quality, with_audio, fps | quality, audio, fps |
| duration | seconds; what the vendor's own model makes where it is left out |
| size, aspect_ratio | size, aspect |
| watermark_enabled | watermark |
| request_id | external_id |
| style, movement_amplitude, off_peak, sensitive_word_check, user_id | extras |

Source: docs.bigmodel.cn, video generation, 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from framegate.core.checks import (
    SECONDS,
    check_aspect,
    check_id,
    check_known,
    check_model,
    check_note,
    check_prompt,
    check_size,
)
from framegate.core.dialect import Call, Filter, Identity, bearer, invalid
from framegate.core.task import Input, Kind, Role, Spec
from framegate.core.tokens import read_token
from framegate.core.wire import Request
from framegate.dialects.zhipu.cogvideox_shapes import (
    MOVES,
    QUALITIES,
    RATES,
    STYLES,
    Ids,
    ImageObject,
    NewVideo,
)

EXTRAS = ("style", "movement_amplitude", "off_peak", "sensitive_word_check", "user_id")
KEY_ID = "key_"
"""What the public ids of our keys begin with."""
MOST_REFERENCES = 3
MOST_IDS = 100


def identify(request: Request) -> Identity | None:
    """A key as it is; `<key id>.<secret>`; or a token signed with that secret, whose `api_key` is the key's id."""
    found = bearer(request)
    if found is None:
        return None
    claims = read_token(found.key)
    if claims is not None:
        name = claims.get("api_key")
        return Identity(name, found.key) if isinstance(name, str) and name else found
    name, _, secret = found.key.partition(".")
    return Identity(name, secret) if secret and name.startswith(KEY_ID) else found


def decode_video(call: Call) -> Spec:
    """The spec of a new video. Raises `Trouble` in the client's words."""
    body: NewVideo = call.body
    raw = cast("Mapping[str, Any]", call.raw)
    check_known(raw, body.__struct_encode_fields__)
    model = check_model(body.model, "model")
    inputs = inputs_of(body, model)
    if not (body.prompt or "").strip() and not inputs:
        raise invalid("prompt", "prompt is required: say what to make, or give image_url")
    if body.user_id is not None and not 6 <= len(body.user_id) <= 128:
        raise invalid("user_id", "user_id must have 6 to 128 characters")
    one_of(body.style, STYLES, "style")
    one_of(body.movement_amplitude, MOVES, "movement_amplitude")
    extra = {name: raw[name] for name in EXTRAS if raw.get(name) is not None}
    check_note(extra, next(iter(extra), "the body"))
    return Spec(
        kind=Kind.VIDEO,
        model=model,
        prompt=check_prompt(body.prompt or "", "prompt"),
        seconds=seconds_of(body),
        aspect=check_aspect(body.aspect_ratio, "aspect_ratio") if body.aspect_ratio else None,
        size=check_size(body.size, "size") if body.size else None,
        fps=rate_of(body.fps),
        audio=body.with_audio,
        watermark=body.watermark_enabled,
        quality=one_of(body.quality, QUALITIES, "quality"),
        inputs=inputs,
        external_id=check_id(body.request_id, "request_id") if body.request_id else "",
        vendor="zhipu",
        extra=extra,
    )


def inputs_of(body: NewVideo, model: str) -> tuple[Input, ...]:
    given = body.image_url
    urls = (
        [given.url] if isinstance(given, ImageObject) else [given] if isinstance(given, str) else given or []
    )
    if given in ("", None):
        return ()
    if not all(url.strip() for url in urls):
        raise invalid("image_url", "image_url must be the URL of a picture, or base64; it is empty")
    if model.endswith("-reference"):
        if len(urls) > MOST_REFERENCES:
            raise invalid("image_url", f"image_url may hold at most {MOST_REFERENCES} pictures for {model}")
        return tuple(Input(Role.REFERENCE, url) for url in urls)
    if len(urls) > 2:
        raise invalid(
            "image_url", f"image_url may hold one picture, or two: first and last frame; it holds {len(urls)}"
        )
    return tuple(
        Input(role, url) for role, url in zip((Role.FIRST_FRAME, Role.LAST_FRAME), urls, strict=False)
    )


def seconds_of(body: NewVideo) -> float:
    """What the vendor's own model makes where nothing is said, so that another vendor's makes no longer video."""
    if body.duration is None:
        return 4.0 if body.model.startswith("vidu2") else 5.0
    if not 0 < body.duration <= SECONDS:
        raise invalid("duration", f"duration must be more than 0 and at most {SECONDS}")
    return float(body.duration)


def rate_of(fps: int | None) -> int | None:
    if fps is not None and fps not in RATES:
        raise invalid("fps", "fps must be 30 or 60")
    return fps


def one_of(text: str | None, known: Iterable[str], field: str) -> str | None:
    if text is not None and text not in known:
        raise invalid(field, f"{field} must be one of {', '.join(known)}")
    return text


def decode_ids(call: Call) -> Filter:
    """`{"ids": [...]}`."""
    body: Ids = call.body
    check_known(cast("Mapping[str, Any]", call.raw), body.__struct_encode_fields__)
    if not 0 < len(body.ids) <= MOST_IDS:
        raise invalid("ids", f"ids must hold 1 to {MOST_IDS} ids; it holds {len(body.ids)}")
    return Filter(ids=tuple(check_id(name, "ids") for name in body.ids))
