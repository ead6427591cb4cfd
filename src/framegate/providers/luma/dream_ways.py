"""What the Dream Machine is asked for: which endpoint, and what is about to be bought there.

Sources: docs.lumalabs.ai, reframe and modify video (longest videos, sizes of images); PyPI `lumaai` 1.21.0 `types/`.
"""

from __future__ import annotations

from framegate.core.frame import parse_pair, pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import millionths
from framegate.core.task import Action, Kind, Order, Role

LONGEST = {"modify_video": {"ray-flash-2": 15}, "reframe_video": {"ray-flash-2": 30}}
"""Seconds of the longest video that is taken (10 where nothing is said): its own length is not known before."""
IMAGE_SIZES = {
    "1:1": (1536, 1536),
    "4:3": (1792, 1344),
    "3:4": (1344, 1792),
    "16:9": (2048, 1152),
    "9:16": (1152, 2048),
    "21:9": (2432, 1024),
    "9:21": (1024, 2432),
}
"""Pixels of an image of each shape: docs.lumalabs.ai, reframe."""


def way_of(order: Order) -> str:
    """What is wanted, by Luma's own name for it."""
    spec = order.spec
    said = spec.extra.get("generation_type")
    given = {item.role for item in (*spec.inputs, *order.media)}
    if spec.kind is Kind.IMAGE:
        return "reframe_image" if said == "reframe_image" and Role.REFERENCE in given else "image"
    if order.parent or spec.parent:
        if spec.action is Action.UPSCALE or said == "upscale_video":
            return "upscale_video"
        if said == "add_audio":
            return "add_audio"
    if Role.VIDEO in given:
        return "reframe_video" if said == "reframe_video" else "modify_video"
    return "video"


def seconds_of(order: Order) -> int:
    return max(1, int((order.spec.seconds or 5.0) + 0.5))


def resolution(order: Order, default: str = "720p") -> str:
    """The resolution that is asked for, by name or by the size in pixels."""
    spec = order.spec
    if spec.resolution or not spec.size:
        return (spec.resolution or default).lower()
    return {"480p": "540p"}.get(name := resolution_of(*pixels(spec.size, None, None)), name)


def facts(order: Order) -> Facts:
    """Seconds, or images with their pixels; what is done to a finished generation is sold by the call alone."""
    spec, way = order.spec, way_of(order)
    if way in {"upscale_video", "add_audio"}:
        return Facts({"call": UNIT}, {"way": way, "resolution": resolution(order, "1080p")})
    if spec.kind is Kind.IMAGE:
        wide, high = IMAGE_SIZES.get(spec.aspect or "16:9") or parse_pair(spec.size or "") or (2048, 1152)
        return Facts({"image": UNIT, "call": UNIT, "megapixel": wide * high}, {"way": way})
    longest = LONGEST.get(way, {}).get(order.model, 10)
    seconds = seconds_of(order) if spec.seconds or way == "video" else longest
    return Facts({"second": millionths(seconds), "call": UNIT}, {"way": way, "resolution": resolution(order)})
