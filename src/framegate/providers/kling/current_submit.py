"""An order in the words of Kling's newer API, and what is about to be bought.

`multi_shot` is always said where it exists: left out, Kling takes it as true and cuts one shot into several. Source:
kling.ai/document-api, pages of 2.6, 3.0 and 3.0 Omni, and the capability map, read 2026-05 to 2026-08.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import quote

from framegate.core.frame import pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import millionths
from framegate.core.task import Action, Media, Order, Role
from framegate.core.wire import Json, Record, Request, post, present
from framegate.providers.kling.envelope import picture

OURS = frozenset(("prompt", "contents", "settings", "options", "multi_shot", "audio"))
"""Fields that are set here or nowhere: else an extra could buy more than was paid for."""
OMNI = frozenset(("kling-3.0-omni", "kling-o1"))
SHOTS = frozenset(("kling-3.0", *OMNI))
"""Models that can be told to make several shots."""
SILENT = frozenset(("kling-3.0-turbo", "kling-2.5-turbo"))
"""Models without a switch for sound."""
PAIR_NEEDS_1080P = frozenset(("kling-2.6", "kling-2.5-turbo"))
TYPES = {Role.FIRST_FRAME: "first_frame", Role.LAST_FRAME: "last_frame", Role.REFERENCE: "refer_image"}
LONGEST = {"kling-o1": 10}
"""Seconds of the longest video that can be edited; `EDITED` for all others, which take 15.5 s."""
EDITED = 16


def roles(order: Order) -> frozenset[Role]:
    return frozenset(item.role for item in (*order.spec.inputs, *order.media))


def path_of(order: Order) -> str:
    given = roles(order)
    if order.model in OMNI or "omni" in order.model or given & {Role.REFERENCE, Role.VIDEO}:
        return "omni-video"
    return "image-to-video" if given else "text-to-video"


def encode_submit(order: Order) -> Request:
    spec, path = order.spec, path_of(order)
    words = {"prompt": spec.prompt or None} if path == "text-to-video" else {"contents": contents(order)}
    settings = {
        "resolution": resolution(order),
        "aspect_ratio": None if path == "image-to-video" else spec.aspect,
        "duration": whole(spec.seconds) if spec.seconds else None,
        "audio": sound(order),
        "multi_shot": several(order),
    }
    options = {
        "callback_url": order.callback_url,
        "external_task_id": order.task_id or None,
        "watermark_info": None if spec.watermark is None else {"enabled": spec.watermark},
    }
    body = {
        **{name: value for name, value in spec.extra.items() if name not in OURS},
        **words,
        "settings": present(cast("dict[str, Json]", settings)) or None,
        "options": present(cast("dict[str, Json]", options)) or None,
    }
    return post(f"/{path}/{quote(order.model, safe='')}", present(cast("dict[str, Json]", body)))


def contents(order: Order) -> list[Json]:
    """The prompt, the media, and those contents of Kling's own that are no media: elements of its library."""
    said: list[Json] = [{"type": "prompt", "text": order.spec.prompt}] if order.spec.prompt else []
    media: list[Json] = [content(m, order) for m in order.media if m.role in TYPES or m.role is Role.VIDEO]
    own = Record(cast("Json", order.spec.extra)).at("contents").items()
    return [*said, *media, *(item.value for item in own if item.at("type").text_or("") == "element")]


def content(media: Media, order: Order) -> Json:
    if media.role is Role.VIDEO:
        return {
            "type": "base_video" if order.spec.action is Action.EDIT else "feature_video",
            "url": media.url,
        }
    return {"type": TYPES[media.role], "url": picture(media)}


def resolution(order: Order) -> str | None:
    """As asked, by name or size; or the one that the request cannot do without."""
    spec = order.spec
    if spec.resolution:
        return spec.resolution.lower()
    if spec.size:
        name = resolution_of(*pixels(spec.size, None, None))
        return name if name in {"1080p", "4k"} else "720p"
    pair = order.model in PAIR_NEEDS_1080P and Role.LAST_FRAME in roles(order)
    return "1080p" if pair or (order.model == "kling-2.6" and spec.audio) else None


def sound(order: Order) -> str | None:
    """`original` keeps the sound of the video that is given; a video that lends its features has none."""
    spec = order.spec
    if order.model in SILENT:
        return None
    if spec.extra.get("audio") == "original":
        return "original"
    return None if spec.audio is None else ("native" if spec.audio else "off")


def several(order: Order) -> bool | None:
    """Whether to cut: as the client says; else one shot, but for a feature video, which is taken with several alone."""
    said = order.spec.extra.get("multi_shot")
    if isinstance(said, bool) or order.model not in SHOTS:
        return said if isinstance(said, bool) else None
    return Role.VIDEO in roles(order) and order.spec.action is not Action.EDIT


def whole(seconds: float) -> int:
    return max(1, int(seconds + 0.5))


def facts(order: Order) -> Facts:
    spec, given = order.spec, roles(order)
    longest = LONGEST.get(order.model, EDITED) if Role.VIDEO in given else 5
    edited = Role.VIDEO in given and spec.action is Action.EDIT
    seconds = (
        longest if edited or not spec.seconds else spec.seconds
    )  # an edited video stays as long as it was
    return Facts(
        {"second": millionths(whole(seconds)), "call": UNIT},
        {
            "resolution": resolution(order) or "720p",
            "audio": "on" if sound(order) == "native" else "off",
            "video": "on" if Role.VIDEO in given else "off",
        },
    )
