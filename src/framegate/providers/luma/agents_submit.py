"""An order in the words of Luma's Agents API, what its models can do, and what is about to be bought.

Resolution and duration are always said, so that what is priced is what is made. Sources: PyPI `luma-agents` 0.5.0
`types/`; docs.agents.lumalabs.ai, pricing, read 2026-07; shapes of `ray-3.2` from its public schema, 2026-07.
"""

from __future__ import annotations

from typing import Any, cast

from framegate.core.frame import pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import Offer, millionths
from framegate.core.task import Action, Kind, Media, Order, Parent, Role
from framegate.core.wire import Embed, Json, Request, post, present

FIRST, LAST, REFERENCE, VIDEO = Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE, Role.VIDEO
VIDEO_WORDS = ("hdr", "exr_export", "source_position", "edit", "guide_frame")
"""Luma's own fields that stand under `video`."""
PICTURE_WORDS = ("output_format", "style", "web_search")
OURS = frozenset(
    ("type", "prompt", "model", "aspect_ratio", "image_ref", "source", "video", "layering", *VIDEO_WORDS)
)
"""Fields that are set here or nowhere: else an extra could buy more than was paid for."""
SHAPES = ("16:9", "3:1", "2:1", "3:2", "1:1", "2:3", "9:16", "1:2", "1:3")
FILM_SHAPES = ("16:9", "21:9", "4:3", "1:1", "3:4", "9:16")
RESOLUTIONS = ("720p", "540p", "1080p", "360p")
EMBEDDED = 5_000_000
"""Bytes of an image that goes in the body, so that no public address is needed; a larger one goes as a link."""
LONGEST = 18
"""Seconds of the longest video that is taken; the result is as long."""


def pictures(model: str) -> Offer:
    return Offer(
        model=model,
        kind=Kind.IMAGE,
        aspects=SHAPES,
        roles=(REFERENCE,),
        extras=("user_id", *PICTURE_WORDS),
        lacks=("resolution",),
        continues=(Action.EDIT,),
    )


OFFERS: tuple[Offer, ...] = (
    pictures("uni-1"),
    pictures("uni-1-max"),
    Offer(
        model="ray-3.2",
        kind=Kind.VIDEO,
        seconds=(5.0, 10.0),
        aspects=FILM_SHAPES,
        resolutions=RESOLUTIONS,
        roles=(FIRST, LAST),
        expresses=("loop",),
        extras=("user_id", "type", "hdr", "exr_export", "edit", "source_position"),
        continues=(Action.EXTEND, Action.EDIT),
        joins=True,
    ),
    Offer(
        model="ray-3.2",
        kind=Kind.VIDEO,
        aspects=FILM_SHAPES,
        resolutions=RESOLUTIONS,
        needs=(VIDEO,),
        roles=(VIDEO, FIRST),
        extras=("user_id", "type", *VIDEO_WORDS),
        lacks=("seconds",),
        follows=True,
    ),
    Offer(model="*", kind=Kind.IMAGE, roles=(REFERENCE,), extras=("*",), continues=(Action.EDIT,)),
    Offer(
        model="*",
        kind=Kind.VIDEO,
        roles=(FIRST, LAST),
        expresses=("loop",),
        extras=("*",),
        continues=(Action.EXTEND, Action.EDIT),
        joins=True,
    ),
    Offer(model="*", kind=Kind.VIDEO, needs=(VIDEO,), roles=(VIDEO, FIRST), extras=("*",)),
)


def type_of(order: Order) -> str:
    """What is wanted, by Luma's own name for it."""
    spec = order.spec
    given = {item.role for item in (*spec.inputs, *order.media)}
    edits = spec.action is Action.EDIT and (given & {REFERENCE, VIDEO} or order.parent or spec.parent)
    if spec.kind is Kind.IMAGE:
        return "image_edit" if edits else "image"
    if VIDEO in given or edits:
        return "video_reframe" if spec.extra.get("type") == "video_reframe" else "video_edit"
    return "video"


def encode_submit(order: Order) -> Request:
    spec, kind = order.spec, type_of(order)
    body = {
        **{name: value for name, value in spec.extra.items() if name not in OURS},
        "type": kind,
        "prompt": spec.prompt,
        "model": order.model,
        "aspect_ratio": spec.aspect,
        **(picture_fields(order, kind) if spec.kind is Kind.IMAGE else film_fields(order, kind)),
    }
    return post("/v1/generations", present(cast("dict[str, Json]", body)))


def picture_fields(order: Order, kind: str) -> dict[str, Any]:
    """An edit has a source: the picture that is continued, else the first that is given; all others are references."""
    refs = [reference(m) for m in order.all(REFERENCE)]
    if kind == "image":
        return {"image_ref": refs or None}
    source = earlier(order.parent) or (refs.pop(0) if refs else None)
    return {"source": source, "image_ref": refs or None}


def film_fields(order: Order, kind: str) -> dict[str, Any]:
    spec = order.spec
    first, last, source = (order.first(role) for role in (FIRST, LAST, VIDEO))
    own = {name: spec.extra[name] for name in VIDEO_WORDS if name in spec.extra}
    if kind != "video":
        video = {**own, "resolution": resolution(order), "start_frame": reference(first) if first else None}
        return {"source": reference(source) if source else earlier(order.parent), "video": present(video)}
    frames = {
        "start_frame": reference(first) if first else None,
        "end_frame": reference(last) if last else None,
    }
    if old := earlier(order.parent):  # goes on from its end, or leads up to it from a first picture
        frames["end_frame" if first else "start_frame"] = old
    if new := earlier(order.sequel):
        frames["end_frame"] = new
    return {
        "video": present(
            {
                **{name: own[name] for name in ("hdr", "exr_export") if name in own},
                "resolution": resolution(order),
                "duration": f"{seconds_of(order)}s",
                "loop": spec.loop,
                **frames,
            }
        )
    }


def earlier(task: Parent | None) -> dict[str, Json] | None:
    found = task.handle.get("id") if task else None
    return {"generation_id": found} if found else None


def reference(media: Media) -> dict[str, Json]:
    """A small picture in the body, all else as a link; a video must say that it is one."""
    kind = media.blob.media_type
    if media.role is not VIDEO and media.blob.size <= EMBEDDED:
        return {"data": Embed(media.blob, "base64"), "media_type": kind}
    return {"url": media.url, "media_type": kind}


def resolution(order: Order) -> str:
    """The resolution that is asked for, by name or by the size in pixels."""
    spec = order.spec
    if spec.resolution or not spec.size:
        return (spec.resolution or "720p").lower()
    name = resolution_of(*pixels(spec.size, None, None))
    return {"480p": "540p", "4k": "1080p"}.get(name, name)


def seconds_of(order: Order) -> int:
    return max(1, int((order.spec.seconds or 5.0) + 0.5))


def facts(order: Order) -> Facts:
    """Images and the references that each costs more by; or seconds, by type, resolution and dynamic range."""
    spec, kind = order.spec, type_of(order)
    if spec.kind is Kind.IMAGE:
        given = sum(item.role is REFERENCE for item in order.media or spec.inputs)
        count = given + (kind == "image_edit" and bool(spec.parent or order.parent))
        more = {"reference": count * UNIT} if count else {}
        return Facts({"image": UNIT, "call": UNIT, **more}, {"type": kind})
    seconds = seconds_of(order) if kind == "video" or spec.seconds else LONGEST
    spread = "exr" if spec.extra.get("exr_export") else "hdr" if spec.extra.get("hdr") else "sdr"
    dimensions = {"type": kind, "resolution": resolution(order), "range": spread}
    return Facts({"second": millionths(seconds), "call": UNIT}, dimensions)
