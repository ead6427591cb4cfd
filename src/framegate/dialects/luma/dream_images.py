"""A request for a picture in our words: the pictures that guide it, and the words that go with them.

All pictures are references, in the order image_ref, style_ref, character_ref, modify_image_ref. What a picture is for,
and its weight, stand in extras of the same names without URLs; where a request holds nothing but plain pictures, or
nothing but the one to change, no extra is needed. Source: PyPI `lumaai` 1.21.0, types.
"""

from __future__ import annotations

import re
from typing import Any

from framegate.core.dialect import Call, invalid
from framegate.core.task import Action, Kind, Role, Spec
from framegate.dialects.luma.dream_decode import FORMATS
from framegate.dialects.luma.dream_requests import Found, Path, kept, model_of, one_of, prompt_of, spec_of
from framegate.dialects.luma.dream_shapes import NewImage, Reference
from framegate.dialects.luma.words import aspect_of

MODEL = "photon-1"
IDENTITY = re.compile(r"identity\d{1,2}", re.ASCII)
MOST = 16
"""Pictures that one request may hold."""
WAIT = 60.0


def decode_image(call: Call) -> Spec:
    """The spec of a new picture. Raises `Trouble` in the client's words."""
    body: NewImage = call.body
    media, words = pictures_of(body)
    if not (body.prompt or "").strip() and not media:
        raise invalid("prompt", "prompt is required: say what to make")
    if len(media) > MOST:
        raise invalid(
            str(media[MOST].path[0]), f"at most {MOST} pictures can be given; there are {len(media)}"
        )
    one_of(body.format, FORMATS, "format")
    return spec_of(
        call,
        Kind.IMAGE,
        "image",
        media=media,
        extra={**kept(body, ("format",)), **words},
        model=model_of(body.model, MODEL),
        action=Action.EDIT if body.modify_image_ref else Action.GENERATE,
        prompt=prompt_of(body.prompt),
        aspect=aspect_of(body.aspect_ratio),
    )


def pictures_of(body: NewImage) -> tuple[list[Found], dict[str, Any]]:
    """The pictures, and the extras that say what they are for."""
    media: list[Found] = []
    words: dict[str, Any] = {}

    def add(item: Reference, *path: str | int) -> dict[str, Any]:
        media.append(found(item.url, *path, "url"))
        return {} if item.weight is None else {"weight": item.weight}

    for name in ("image_ref", "style_ref"):
        if items := getattr(body, name):
            words[name] = [add(item, name, place) for place, item in enumerate(items)]
    for who, identity in (body.character_ref or {}).items():
        if not IDENTITY.fullmatch(who):
            raise invalid("character_ref", "character_ref holds identity0, identity1 and so on")
        at: Path = ("character_ref", who, "images")
        media += [found(url, *at, place) for place, url in enumerate(identity.images)]
        words.setdefault("character_ref", {})[who] = {"images": [""] * len(identity.images)}
    if body.modify_image_ref:
        words["modify_image_ref"] = add(body.modify_image_ref, "modify_image_ref")
    plain = words in ({"image_ref": [{}] * len(media)}, {"modify_image_ref": {}})
    return media, {} if plain else words


def found(url: str, *path: str | int) -> Found:
    return Found(Role.REFERENCE, url, path)


def wait_of(call: Call) -> float | None:
    """How long a client that sets `sync` stays."""
    body: NewImage = call.body
    return (body.sync_timeout or WAIT) if body.sync else None
