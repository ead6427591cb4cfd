"""What the sandbox can do, which is nearly everything that can be said, and what is about to be made there."""

from __future__ import annotations

from framegate.core.frame import pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import Offer, millionths
from framegate.core.task import Action, Kind, Order, Role

SECONDS = 5.0
"""The length of a video that was asked for without one."""
SIZES = {Kind.IMAGE: (1024, 1024)}
EXPRESSES = ("negative_prompt", "fps", "seed", "audio", "watermark", "quality", "guidance", "camera", "loop")
SPOKEN = ("negative_prompt", "seed", "quality", "guidance", "voice", "language", "format")
LENGTHS = {Kind.MUSIC: 30.0, Kind.SPEECH: 30.0}
"""Seconds of a song that was asked for without a length; and what a recording is reckoned at, whose length is not known
before it is fetched.
"""

LONGEST = {Kind.VIDEO: 60.0, Kind.MUSIC: 300.0, Kind.SPEECH: 300.0, Kind.SOUND: 60.0}
SAID = 3900
"""Characters of a text that is said."""
FORMATS = ("mp3", "wav", "m4a", "flac", "ogg")


def facts(order: Order) -> Facts:
    spec = order.spec
    side = pixels(spec.size, spec.aspect, spec.resolution, SIZES.get(spec.kind, (1280, 720)))
    name = spec.resolution if spec.resolution and not spec.size else resolution_of(*side)
    if spec.kind is Kind.IMAGE:
        return Facts({"image": spec.count * UNIT}, {"resolution": name})
    seconds = millionths((spec.seconds or LENGTHS.get(spec.kind, SECONDS)) * spec.count)
    if spec.kind is not Kind.VIDEO:
        units = {"second": seconds}
        if spec.kind is Kind.SPEECH:  # its length is its recording's or its text's, whatever the client says
            says = spec.action is Action.GENERATE and spec.prompt
            units = {"character": len(spec.prompt)} if says else {"second": int(LENGTHS[spec.kind])}
            units = {unit: count * spec.count * UNIT for unit, count in units.items()}
        return Facts({**units, "call": spec.count * UNIT}, {"kind": spec.kind.value})
    size = {"size": f"{side[0]}x{side[1]}"} if spec.size else {}
    return Facts({"second": seconds}, {"resolution": name, **size, "audio": "on" if spec.audio else "off"})


PICTURED = tuple(
    Offer(
        model="*",
        kind=kind,
        roles=tuple(Role),
        count=count,
        expresses=EXPRESSES,
        actions=tuple(Action),
        continues=tuple(Action),
        joins=kind is Kind.VIDEO,
        longest=LONGEST.get(kind),
    )
    for kind, count in ((Kind.VIDEO, 4), (Kind.IMAGE, 10))
)
HEARD = tuple(
    Offer(
        model="*",
        kind=kind,
        roles=roles,
        count=4,
        expresses=words,
        lacks=("aspect", "resolution"),
        longest=LONGEST[kind],
        prompt_limit=SAID if kind is Kind.SPEECH else None,
        formats=FORMATS,
    )
    for kind, roles, words in (
        (Kind.MUSIC, (), ("negative_prompt", "seed", "quality", "guidance", "format")),
        (Kind.SPEECH, (Role.AUDIO, Role.VIDEO), SPOKEN),
        (Kind.SOUND, (Role.AUDIO, Role.VIDEO), (*SPOKEN[:4], "loop", "format")),
    )
)
OFFERS = (*PICTURED, *HEARD)
