"""What the requests of the Dream Machine have in common: which pictures they hold, and what is kept of them.

Source: PyPI `lumaai` 1.21.0, types.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from framegate.core.checks import check_known, check_model, check_note, check_prompt
from framegate.core.dialect import Call, invalid
from framegate.core.task import Input, Kind, Role, Spec
from framegate.dialects.luma.dream_shapes import Asked
from framegate.dialects.luma.words import link_of

Path = tuple[str | int, ...]


class Found(NamedTuple):
    """A medium in a request: what it is for, where it is, and where its URL stands."""

    role: Role
    url: str
    path: Path


def spec_of(
    call: Call,
    kind: Kind,
    way: str,
    *,
    media: Iterable[Found] = (),
    extra: dict[str, Any] | None = None,
    **fields: Any,  # noqa: ANN401 - of Spec
) -> Spec:
    """A spec with what all requests share. `way` is Luma's own name for what is wanted."""
    body: Asked = call.body
    check_known(call.raw, body.__struct_encode_fields__)
    if body.generation_type not in {None, way}:
        raise invalid("generation_type", f"generation_type must be {way} here, or be left out")
    found = tuple(media)
    for item in found:
        if not item.url.strip():
            raise invalid(dotted(item.path), f"{dotted(item.path)} must be the URL of a file")
    own = extra or {}
    check_note(own, next(iter(own), "the body"))
    return Spec(
        kind=kind,
        inputs=tuple(Input(item.role, item.url) for item in found),
        callback_url=link_of(body.callback_url, "callback_url"),
        vendor="luma",
        extra=own,
        memo={"request": noted(call.raw, found), "media": [list(item.path) for item in found]},
        **fields,
    )


def noted(raw: dict[str, Any], found: Iterable[Found]) -> dict[str, Any]:
    """The request as it came, for the echo. Media are left out (null), for they may be megabytes."""
    note = {key: value for key, value in raw.items() if value is not None}
    for item in found:
        put(note, item.path, None)
    check_note(note, "the body")
    return note


def put(holder: dict[str, Any], path: Path, value: str | None) -> None:
    """Set one leaf of a JSON object, copying the objects and lists on the way to it."""
    here: Any = holder
    for step in path[:-1]:
        inner: Any = here[step]
        here[step] = dict(cast("dict[str, Any]", inner)) if isinstance(inner, dict) else list(inner)
        here = here[step]
    here[path[-1]] = value


def dotted(path: Path) -> str:
    """`("image_ref", 0, "url")` → `"image_ref[0].url"`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def model_of(name: str | None, default: str) -> str:
    return check_model(name, "model") if name is not None else default


def prompt_of(text: str | None, field: str = "prompt") -> str:
    return check_prompt(text or "", field)


def one_of(text: str | None, words: tuple[str, ...], field: str) -> str | None:
    if text is not None and text not in words:
        raise invalid(field, f"{field} must be one of {', '.join(words)}")
    return text


def kept(body: Asked, words: Iterable[str]) -> dict[str, Any]:
    """Fields that travel in the vendor's own words."""
    found = {name: getattr(body, name) for name in words}
    return {name: value for name, value in found.items() if value is not None}
