"""What another gateway can be asked for, which is all that can be said, and what is about to be bought there."""

from __future__ import annotations

from framegate.core.frame import pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import Offer, millionths
from framegate.core.task import Action, Kind, Order, Role

EXPRESSES = (
    *("negative_prompt", "fps", "seed", "audio", "watermark", "quality", "guidance", "camera", "loop"),
    *("voice", "language", "format"),
)
SIZES = {Kind.IMAGE: (1024, 1024)}
LONGEST = 3600
"""Seconds that a recording is held for: it is as long as what was fetched."""
FILMED = 60.0
"""Seconds that are held for where a video is given to be changed, which stays as long as it was."""
SECONDS = 5.0
"""The length that a task is reckoned at when none is asked for."""


def facts(order: Order) -> Facts:
    """Pictures, or seconds, with what prices usually depend on."""
    spec = order.spec
    side = pixels(spec.size, spec.aspect, spec.resolution, SIZES.get(spec.kind, (1280, 720)))
    name = spec.resolution if spec.resolution and not spec.size else resolution_of(*side)
    if spec.kind is Kind.IMAGE:
        return Facts({"image": spec.count * UNIT, "call": UNIT}, {"resolution": name})
    if spec.kind is Kind.SPEECH:  # its length is its text's or its recording's, whatever the client says
        says = spec.action is Action.GENERATE and spec.prompt
        unit, count = ("character", len(spec.prompt)) if says else ("second", LONGEST)
        return Facts({unit: count * spec.count * UNIT, "call": UNIT}, {"kind": "speech"})
    films = Role.VIDEO in {item.role for item in spec.inputs} and spec.action in {Action.EDIT, Action.UPSCALE}
    seconds = millionths((spec.seconds or (FILMED if films else SECONDS)) * spec.count)
    dimensions = {"resolution": name, "audio": "on" if spec.audio else "off"}
    if spec.size:
        dimensions["size"] = f"{side[0]}x{side[1]}"
    return Facts({"second": seconds, "call": UNIT}, dimensions)


def offer(kind: Kind, *needs: Role) -> Offer:
    return Offer(
        model="*",
        kind=kind,
        roles=tuple(Role),
        needs=needs,
        count=10,
        expresses=EXPRESSES,
        actions=tuple(Action),
        continues=tuple(Action),
        follows=bool(needs),
    )


OFFERS = (offer(Kind.VIDEO, Role.VIDEO), *(offer(kind) for kind in Kind))
