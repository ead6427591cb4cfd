"""Which path of Kling's older API an order goes to, and what is about to be bought there.

`Spec.quality` is Kling's `mode` ("std" 720p, "pro" 1080p, "4k"); without it the resolution says the mode. Source: the
legacy pages of kling.ai/document-api, read 2026-02 and 2026-07.
"""

from __future__ import annotations

from typing import Any, cast

from framegate.core.frame import pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import choose, millionths
from framegate.core.task import Action, Kind, Order, Role, Spec
from framegate.core.wire import Json, Record
from framegate.providers.kling.legacy_offers import OFFERS

OWN_PATHS = {
    "kling-lip-sync": "/v1/videos/lip-sync",
    "kling-effects": "/v1/videos/effects",
    "kling-expand": "/v1/images/editing/expand",
    "kling-avatar": "/v1/videos/avatar/image2video",
    "tts-kling": "/v1/audio/tts",
    "sound-kling": "/v1/audio/text-to-audio",
    "sound-kling-video": "/v1/audio/video-to-audio",
    "kolors-virtual-try-on-v1": "/v1/images/kolors-virtual-try-on",
    "kolors-virtual-try-on-v1-5": "/v1/images/kolors-virtual-try-on",
}
"""Models that are an endpoint of their own; all but the last two are names of ours, for the vendor has none."""
OMNI = frozenset({"kling-video-o1", "kling-image-o1", "kling-v3-omni"})
MANY_SUBJECTS = frozenset({"kling-v2", "kling-v2-1"})
"""Models that take several subjects in one picture, at a path of its own."""
TAIL_NEEDS_PRO = frozenset({"kling-v1-5", "kling-v1-6", "kling-v2-1", "kling-v2-5-turbo", "kling-v2-6"})
"""Models that end on a given frame in the better mode only."""
RESOLUTIONS = {"std": "720p", "pro": "1080p", "4k": "4k"}
LIPS, OMNI_VIDEO, AVATAR, MOTION = (
    "/v1/videos/lip-sync",
    "/v1/videos/omni-video",
    "/v1/videos/avatar/image2video",
    "/v1/videos/motion-control",
)
FOLLOWS = frozenset({LIPS, OMNI_VIDEO, AVATAR, MOTION})
"""Paths on which a result may be as long as what is given, whatever the request says."""
SECONDS = {LIPS: 10, AVATAR: 300, MOTION: 30}
"""What a video is reckoned at when its length comes from what is given: the longest that the path takes."""
SHORT_MOTION = 10
"""Seconds of the longest motion that is taken for a character who keeps the picture's orientation."""
LONGEST = {"kling-video-o1": 10}
"""Seconds of the longest video that a model can edit; `EDITED` for all others, which take 15.5 s."""
EDITED = 16
HEARD = {Kind.SPEECH: 60, Kind.SOUND: 20}
"""Seconds that a recording is reckoned at; what is heard is sold by the call."""


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
    if {Role.FIRST_FRAME, Role.VIDEO} <= given:
        return "motion-control"
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
    if {Role.FIRST_FRAME, Role.VIDEO} <= roles(order) and order.model not in OMNI:
        return "std"  # a motion is not taken without a mode
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
    if spec.kind in HEARD:
        characters = (
            {"character": len(spec.prompt) * UNIT} if spec.kind is Kind.SPEECH and spec.prompt else {}
        )
        lasts = millionths(spec.seconds or HEARD[spec.kind])
        return Facts({"call": UNIT, "second": lasts, **characters}, {"kind": spec.kind.value})
    mode = mode_of(order) or ("pro" if path == OMNI_VIDEO else "std")
    scene = spec.extra.get("effect_scene")
    return Facts(
        {"second": millionths(seconds_of(order, path)), "call": UNIT},
        {
            "mode": mode,
            "resolution": RESOLUTIONS[mode],
            "audio": "on" if spec.audio else "off",
            "video": "on" if Role.VIDEO in given else "off",
            **({"scene": scene} if isinstance(scene, str) and scene else {}),
        },
    )


def seconds_of(order: Order, path: str) -> int:
    """The seconds that are held for. Where the length comes from what is given it is the longest there may be, and the
    report of the result says how many it became; an edited video is as long as it was, whatever the request says.
    """
    spec, filmed = order.spec, Role.VIDEO in roles(order)
    if path == OMNI_VIDEO and filmed:
        edited = LONGEST.get(order.model, EDITED)
        return (
            edited if spec.action is Action.EDIT or not spec.seconds else max(whole(spec), shots(spec.extra))
        )
    if path == MOTION and spec.extra.get("character_orientation") == "image":
        return whole(spec) if spec.seconds else SHORT_MOTION
    return max(whole(spec) if spec.seconds else SECONDS.get(path, 5), shots(spec.extra))


def shots(extra: dict[str, Any]) -> int:
    """The seconds that a list of shots comes to: it must not be longer than what is paid for."""
    listed = Record(cast("Json", extra)).at("multi_prompt").items()
    return sum(max(0, int(shot.at("duration").number_or(0))) for shot in listed)
