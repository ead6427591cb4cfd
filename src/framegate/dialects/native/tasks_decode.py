"""A native request in our words. Whatever is wrong is refused with the field's name and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from framegate.core.checks import (
    SECONDS,
    SONG_SECONDS,
    check_aspect,
    check_id,
    check_known,
    check_link,
    check_model,
    check_note,
    check_prompt,
    check_resolution,
    check_seconds,
    check_seed,
    check_size,
)
from framegate.core.dialect import Call, Filter, invalid
from framegate.core.kinds import kind_of
from framegate.core.task import Action, Input, Kind, Role, Spec, State
from framegate.dialects.native.tasks_shapes import NewInput, NewTask, NewUpload

N = TypeVar("N", int, float)
COUNT = 10
FPS = 120
GUIDANCE = 100
WORD = 200
"""Characters of a vendor's word, such as the quality."""
INPUTS = 16
NAME = 80
"""Characters of a character's name."""
LIMIT = 100
FILTERS = {
    "limit": f"How many, 1 to {LIMIT}; 20 if left out",
    "after": "The `next` of the page before",
    "status": f"Only tasks with this status: {', '.join(State)}",
    "model": "Only tasks of this model",
}


def decode(call: Call) -> Spec:
    """The spec of a create request. Raises `Trouble` that names the field."""
    body: NewTask = call.body
    raw = cast("Mapping[str, Any]", call.raw)
    check_known(raw, NewTask.__struct_fields__)
    for index, item in enumerate(raw.get("inputs") or ()):
        check_known(item, NewInput.__struct_fields__, f"inputs[{index}]")
    model = check_model(body.model, "model")
    kind = Kind(one_of(body.kind, tuple(Kind), "kind")) if body.kind else kind_of(model)
    given, extra = body.inputs or [], body.extra or {}
    if len(given) > INPUTS:
        raise invalid("inputs", f"inputs may hold at most {INPUTS} media")
    if not (body.prompt or "").strip() and not given and not body.parent:
        raise invalid("prompt", "give a prompt, inputs or a parent: there is nothing to start from")
    action = Action(one_of(body.action, tuple(Action), "action")) if body.action else None
    if action not in (None, Action.GENERATE) and not given and not body.parent:
        raise invalid("action", f"{action} needs something to start from: give inputs or a parent")
    check_note(extra, "extra")
    inputs = tuple(input_of(item, f"inputs[{index}]") for index, item in enumerate(given))
    return Spec(
        kind=kind,
        model=model,
        action=action or action_of(body.parent, inputs),
        prompt=check_prompt(body.prompt or "", "prompt"),
        negative_prompt=check_prompt(body.negative_prompt or "", "negative_prompt"),
        seconds=check_seconds(
            body.seconds, "seconds", SONG_SECONDS if kind in (Kind.MUSIC, Kind.SPEECH) else SECONDS
        ),
        aspect=check_aspect(body.aspect, "aspect") if body.aspect else None,
        size=check_size(body.size, "size") if body.size else None,
        resolution=check_resolution(body.resolution, "resolution") if body.resolution else None,
        seed=check_seed(body.seed, "seed"),
        count=between(body.count, 1, COUNT, "count") or 1,
        fps=between(body.fps, 1, FPS, "fps"),
        audio=body.audio,
        watermark=body.watermark,
        quality=word(body.quality, "quality"),
        guidance=between(body.guidance, 0, GUIDANCE, "guidance"),
        camera=word(body.camera, "camera"),
        loop=body.loop,
        voice=word(body.voice, "voice"),
        language=word(body.language, "language"),
        format=ending(body.format, "format"),
        inputs=inputs,
        parent=check_id(body.parent, "parent") if body.parent else None,
        callback_url=check_link(body.callback_url, "callback_url") if body.callback_url else None,
        extra=extra,
    )


def between(value: N | None, least: float, most: float, field: str) -> N | None:
    if value is not None and not least <= value <= most:
        raise invalid(field, f"{field} must be from {least:g} to {most:g}")
    return value


def word(text: str | None, field: str) -> str | None:
    """A vendor's word or a few: printable, and short enough to be kept."""
    if text is not None and not (0 < len(text) <= WORD and text.isprintable()):
        raise invalid(field, f"{field} must have 1 to {WORD} printable characters")
    return text


def ending(text: str | None, field: str) -> str | None:
    if text is not None and not (text.isascii() and text.isalnum() and len(text) <= 10):
        raise invalid(field, f"{field} must be a file's ending, such as mp3 or wav")
    return text.lower() if text else None


def one_of(word: str, words: tuple[str, ...], field: str) -> str:
    if word not in words:
        raise invalid(field, f"{field} must be one of {', '.join(words)}")
    return word


def input_of(item: NewInput, field: str) -> Input:
    if not item.url:
        raise invalid(f"{field}.url", f"{field}.url must be a URL, a data URI or upload:<id>")
    role = Role(one_of(item.role, tuple(Role), f"{field}.role"))
    name = item.name or ""
    if name and role is not Role.CHARACTER:
        raise invalid(f"{field}.name", f"{field}.name is for a character; this is a {role}")
    if len(name) > NAME or not name.isprintable():
        raise invalid(f"{field}.name", f"{field}.name may have at most {NAME} printable characters")
    return Input(role, item.url, name=name)


def action_of(parent: str | None, inputs: tuple[Input, ...]) -> Action:
    """A parent is continued; a video or a masked picture is edited; all else is made new."""
    if parent:
        return Action.EXTEND
    edits = any(item.role in (Role.VIDEO, Role.MASK) for item in inputs)
    return Action.EDIT if edits else Action.GENERATE


def decode_list(call: Call) -> Filter:
    check_known(call.query, FILTERS)
    limit = call.query.get("limit", "20")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= LIMIT):
        raise invalid("limit", f"limit must be a whole number from 1 to {LIMIT}")
    after, status, model = (call.query.get(name) for name in ("after", "status", "model"))
    return Filter(
        limit=int(limit),
        after=check_id(after, "after") if after else None,
        state=State(one_of(status, tuple(State), "status")) if status else None,
        model=check_model(model, "model") if model else None,
    )


def decode_upload(call: Call) -> str:
    body: NewUpload = call.body
    check_known(cast("Mapping[str, Any]", call.raw), NewUpload.__struct_fields__)
    if not 0 < len(body.filename) <= 255 or not body.filename.isprintable():
        raise invalid(
            "filename", "filename must be a file's name of at most 255 characters, such as photo.jpg"
        )
    return body.filename
