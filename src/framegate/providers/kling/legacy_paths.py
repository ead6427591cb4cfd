"""Which path of Kling's older API an order goes to, and what is about to be bought there.

`Spec.quality` is Kling's `mode` ("std" 720p, "pro" 1080p, "4k"); without it the resolution says the mode. Source: the
legacy pages of kling.ai/document-api, read 2026-02 and 2026-07.
"""

from __future__ import annotations

from typing import Any, cast

from framegate.core.frame import pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import choose, millionths
from framegate.core.task import Kind, Order, Role, Spec
from framegate.core.wire import Json, Record
from framegate.providers.kling.legacy_offers import OFFERS

OWN_PATHS = {
    "kling-lip-sync": "/v1/videos/lip-sync",
    "kling-effects": "/v1/videos/effects",
    "kling-expand": "/v1/images/editing/expand",
    "kolors-virtual-try-on-v1": "/v1/images/kolors-virtual-try-on",
    "kolors-virtual-try-on-v1-5": "/v1/images/kolors-virtual-try-on",
}
"""Models that are an endpoint of their own; the first three are names of ours, for the vendor has none."""
OMNI = frozenset({"kling-video-o1", "kling-image-o1", "kling-v3-omni"})
MANY_SUBJECTS = frozenset({"kling-v2", "kling-v2-1"})
"""Models that take several subjects in one picture, at a path of its own."""
TAIL_NEEDS_PRO = frozenset({"kling-v1-5", "kling-v1-6", "kling-v2-1", "kling-v2-5-turbo", "kling-v2-6"})
"""Models that end on a given frame in the better mode only."""
RESOLUTIONS = {"std": "720p", "pro": "1080p", "4k": "4k"}
SECONDS = {"/v1/videos/lip-sync": 10, "/v1/videos/omni-video": 15}
"""What a video is reckoned at when its length comes from a video that is given: the longest that the path takes."""


def roles(order: Order) -> frozenset[Role]:
    """The inputs there are: before the media lie ready the spec alone names them."""
    return frozenset({i.role for i in order.spec.inputs} | {m.role for m in order.media})


def path_of(order: Order) -> str:
    """The endpoint for what is asked."""
    model, given, spec = order.model, roles(order), order.spec
    if model in OWN_PATHS:
        return OWN_PATHS[model]
    return (
        f"/v1/images/{picture_path(order)}"
        if spec.kind is Kind.IMAGE
        else f"/v1/videos/{film_path(order, given)}"
    )


def picture_path(order: Order) -> str:
    if order.model in OMNI:
        return "omni-image"
    many = sum(i.role is Role.REFERENCE for i in order.media or order.spec.inputs) > 1
    return "multi-image2image" if many and own_name(order.model) in MANY_SUBJECTS else "generations"


def own_name(model: str) -> str:
    """Kling calls its picture models like its video models; `kling-image-v…` is what others call them."""
    return model.replace("kling-image-v", "kling-v", 1)


def film_path(order: Order, given: frozenset[Role]) -> str:
    if order.model in OMNI:
        return "omni-video"
    if order.spec.parent or order.parent:
        return "video-extend"
    if Role.REFERENCE in given:
        return "multi-image2video"
    return "image2video" if {Role.FIRST_FRAME, Role.LAST_FRAME} & given else "text2video"


def mode_of(order: Order) -> str | None:
    """Kling's word for the quality: as asked, as the resolution says, or the one that the request cannot do without."""
    spec = order.spec
    offer = choose(OFFERS, order.model, spec.kind, roles(order))
    had = offer.resolutions if offer and offer.resolutions else tuple(RESOLUTIONS.values())
    if spec.quality in RESOLUTIONS and RESOLUTIONS[spec.quality] in had:
        return spec.quality
    name = spec.resolution
    if name is None and spec.size:
        name = resolution_of(*pixels(spec.size, None, None))
    if name:
        return {"1080p": "pro", "4k": "4k", "2160p": "4k"}.get(name.lower(), "std")
    tail = order.model in TAIL_NEEDS_PRO and Role.LAST_FRAME in roles(order)
    return "pro" if tail or (order.model == "kling-v2-6" and spec.audio) else None


def whole(spec: Spec) -> int:
    """Kling counts whole seconds; half a second rounds up."""
    return max(1, int((spec.seconds or 5.0) + 0.5))


def facts(order: Order) -> Facts:
    spec, path, given = order.spec, path_of(order), roles(order)
    if spec.kind is Kind.IMAGE:
        size = (spec.resolution or "1k").lower()
        source = "image" if Role.REFERENCE in given else "text"
        return Facts({"image": spec.count * UNIT, "call": UNIT}, {"resolution": size, "input": source})
    follows = path == "/v1/videos/lip-sync" or Role.VIDEO in given
    longest = SECONDS.get(path, 5) if follows else 5
    seconds = max(whole(spec) if spec.seconds else longest, shots(spec.extra))
    mode = mode_of(order) or ("pro" if path == "/v1/videos/omni-video" else "std")
    scene = spec.extra.get("effect_scene")
    return Facts(
        {"second": millionths(seconds), "call": UNIT},
        {
            "mode": mode,
            "resolution": RESOLUTIONS[mode],
            "audio": "on" if spec.audio else "off",
            "video": "on" if Role.VIDEO in given else "off",
            **({"scene": scene} if isinstance(scene, str) and scene else {}),
        },
    )


def shots(extra: dict[str, Any]) -> int:
    """The seconds that a list of shots comes to: it must not be longer than what is paid for."""
    listed = Record(cast("Json", extra)).at("multi_prompt").items()
    return sum(max(0, int(shot.at("duration").number_or(0))) for shot in listed)
