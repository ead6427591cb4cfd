"""What the requests of Kling's older API have in common: the types of their fields, and how each is read.

Source: the parameter tables of kling.ai/document-api, legacy pages, 2026-02; `sound` and later fields 2026-07.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta, Struct

from framegate.core.checks import (
    check_aspect,
    check_id,
    check_known,
    check_link,
    check_model,
    check_note,
    check_prompt,
    check_seconds,
)
from framegate.core.dialect import Call, Trouble, invalid
from framegate.core.task import Input, Kind, Role, Spec

Model = Annotated[str, Meta(description="A model's name; older clients send it as `model`")]
Prompt = Annotated[
    str, Meta(description="What to make; at most 20,000 characters, and as many as the model takes")
]
Negative = Annotated[str, Meta(description="What to leave out")]
Mode = Annotated[str, Meta(description="std (720p), pro (1080p) or 4k")]
Duration = Annotated[
    str | float, Meta(description='Whole seconds as a text, such as "5" or "10"; a number is taken, too')
]
Aspect = Annotated[str, Meta(description="16:9, 9:16, 1:1 or another shape that the model has")]
Guidance = Annotated[float, Meta(ge=0, le=1, description="How closely to follow the prompt")]
Switch = Annotated[str, Meta(description="on or off")]
Picture = Annotated[str, Meta(description="A URL, or base64; a data URI is taken, too")]
Callback = Annotated[str, Meta(description="A URL; the task is posted there when it ends")]
Own = Annotated[
    str, Meta(description="Your own id of the task, unique in your account; it finds the task, too")
]

MODES = {"std": "720p", "pro": "1080p", "4k": "4k"}
SHAPE_WORDS = ("auto",)


class Watermark(Struct, forbid_unknown_fields=True):
    """Whether the result bears a mark."""

    enabled: bool


class Request(Struct, kw_only=True):
    """The fields of every create request."""

    model_name: Model | None = None
    model: Model | None = None
    watermark_info: Watermark | None = None
    callback_url: Callback | None = None
    external_task_id: Own | None = None


def spec_of(  # noqa: PLR0913 - what differs between the requests
    call: Call,
    family: str,
    kind: Kind,
    model: str,
    *,
    inputs: Iterable[tuple[Role, str | None]] = (),
    extra: Iterable[str] = (),
    **fields: Any,  # noqa: ANN401 - of Spec
) -> Spec:
    """A spec with what all requests share; `extra` names the fields that travel in the vendor's own words."""
    body: Request = call.body
    raw = cast("Mapping[str, Any]", call.raw)
    check_known(raw, body.__struct_encode_fields__)
    own = {name: raw[name] for name in extra if raw.get(name) is not None} | fields.pop("own", {})
    check_note(own, next(iter(own), "the body"))
    return Spec(
        kind=kind,
        model=model,
        inputs=tuple(Input(role, url) for role, url in inputs if url),
        watermark=body.watermark_info.enabled if body.watermark_info else None,
        callback_url=check_link(body.callback_url, "callback_url") if body.callback_url else None,
        external_id=check_id(body.external_task_id, "external_task_id") if body.external_task_id else "",
        family=family,
        vendor="kling",
        extra=own,
        **fields,
    )


def model_of(body: Request, default: str) -> str:
    """`model_name`, or `model` of older clients; not two different ones."""
    if body.model_name and body.model and body.model_name != body.model:
        raise invalid("model", "model and model_name differ; give model_name alone")
    return check_model(body.model_name or body.model or default, "model_name" if body.model_name else "model")


def prompt_of(text: str | None, field: str = "prompt", *, required: bool = False) -> str:
    if required and not (text or "").strip():
        raise invalid(field, f"{field} is required: say what to make")
    return check_prompt(text or "", field)


def seconds_of(
    value: str | float | None, field: str = "duration", default: float | None = 5.0
) -> float | None:
    """`"5"` → 5.0. The default is Kling's own, so that another vendor's model makes no longer video."""
    if value is None or value == "":
        return default
    right = f'{field} must be whole seconds as a text, such as "5" or "10"'
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) < 4):
            raise invalid(field, right)
    elif value % 1:
        raise invalid(field, right)
    try:
        return check_seconds(float(value), field)
    except Trouble as trouble:
        raise invalid(field, f"{right}: {trouble.message.removeprefix(f'{field} must be ')}") from None


def shape_of(text: str | None, field: str = "aspect_ratio") -> str | None:
    """`auto` leaves the shape to the model."""
    return None if not text or text in SHAPE_WORDS else check_aspect(text, field)


def one_of(text: str | None, words: Iterable[str], field: str) -> str | None:
    words = tuple(words)
    if not text:
        return None
    if text not in words:
        raise invalid(field, f"{field} must be one of {', '.join(words)}")
    return text


def switch_of(text: str | None, field: str) -> bool | None:
    word = one_of(text, ("on", "off"), field)
    return None if word is None else word == "on"


def quality_of(mode: str | None, default: str | None = None) -> dict[str, Any]:
    """The mode, and the resolution that it stands for: other vendors know that alone."""
    word = one_of(mode, MODES, "mode") or default
    return {"quality": word, "resolution": MODES[word] if word else None}


def own_of(value: Struct, field: str, words: Iterable[str]) -> dict[str, Any]:
    """Fields of an inner object that travel in the vendor's own words."""
    found = {name: getattr(value, name) for name in words}
    kept = {name: msgspec.to_builtins(item) for name, item in found.items() if item is not None}
    check_note(kept, field)
    return kept
