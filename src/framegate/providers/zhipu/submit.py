"""An order in Zhipu's words, what each model can do, and what is about to be bought.

`Spec.quality` is "speed" or "quality" here; the words of other vendors are read as one of the two. Sources: the fields
of each model at docs.bigmodel.cn, video generation, read 2026-11; names crossed with PyPI `zai-sdk` 0.2.3.
"""

from __future__ import annotations

from typing import Any, cast

from framegate.core.frame import parse_pair, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import Offer, choose, millionths
from framegate.core.task import Kind, Media, Order, Role
from framegate.core.wire import Embed, Json, Request, post, present

FIRST, LAST, REFERENCE = Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE
OURS = frozenset(
    (
        "model",
        "prompt",
        "request_id",
        "image_url",
        "quality",
        "with_audio",
        "size",
        "fps",
        "duration",
        "aspect_ratio",
        "watermark_enabled",
    )
)
"""Fields that only the canonical spec may set: else an extra could buy more than was paid for."""
ANY = "user_id off_peak sensitive_word_check"
QUALITIES = {
    **dict.fromkeys(("speed", "std", "standard", "low", "draft", "turbo"), "speed"),
    **dict.fromkeys(("quality", "pro", "high", "hd", "4k", "max"), "quality"),
}
IMAGE_LIMIT = {"vidu": 10_000_000, "cogvideox": 5_000_000}
"""Bytes of an image that goes in the body; a larger one goes as a link, and Zhipu judges (Vidu takes 50 MB)."""
SIZES_3 = ("1920x1080", "1080x1920", "1280x720", "720x1280", "1024x1024", "2048x1080", "3840x2160")
SIZES_2 = ("1920x1080", "1080x1920", "720x480", "1024x1024", "1280x960", "960x1280", "2048x1080", "3840x2160")
SHAPES = ("16:9", "9:16", "1:1")
HIGH_RATE = 45


def cog(model: str, sizes: tuple[str, ...], seconds: tuple[float, ...], roles: tuple[Role, ...]) -> Offer:
    """A length is told to `cogvideox-3` only: the others have no field for it and are reckoned at five seconds."""
    return offer(model, "quality audio fps", ANY, sizes=sizes, seconds=seconds, roles=roles)


def vidu(
    model: str,
    seconds: float,
    roles: tuple[Role, ...],
    expresses: str = "",
    extras: str = "",
    **shape: Any,  # noqa: ANN401
) -> Offer:
    words = f"{ANY} movement_amplitude {extras}"
    return offer(model, expresses, words, seconds=(seconds,), roles=roles, needs=roles, **shape)


def offer(model: str, expresses: str, extras: str, **columns: Any) -> Offer:  # noqa: ANN401
    return Offer(
        model=model,
        kind=Kind.VIDEO,
        expresses=(*expresses.split(), "watermark"),
        extras=tuple(extras.split()),
        prompt_limit=512,
        **columns,
    )


HD: dict[str, Any] = {"sizes": ("1920x1080",)}
SMALL: dict[str, Any] = {"sizes": ("1280x720",)}
OFFERS: tuple[Offer, ...] = (
    cog("cogvideox-3", SIZES_3, (5.0, 10.0), (FIRST, LAST)),
    cog("cogvideox-2", SIZES_2, (5.0,), (FIRST,)),
    cog("cogvideox-flash", SIZES_2, (5.0,), (FIRST,)),
    cog("cogvideox", SIZES_2, (5.0,), (FIRST,)),
    vidu("viduq1-text", 5.0, (), extras="style", aspects=SHAPES, resolutions=("1080p",)),
    vidu("viduq1-image", 5.0, (FIRST,), **HD),
    vidu("vidu2-image", 4.0, (FIRST,), "audio", **SMALL),
    vidu("viduq1-start-end", 5.0, (FIRST, LAST), **HD),
    vidu("vidu2-start-end", 4.0, (FIRST, LAST), "audio", sizes=("1280x720", "480x360")),
    vidu("vidu2-reference", 4.0, (REFERENCE,), "audio", aspects=SHAPES, resolutions=("720p",)),
    offer("*", "quality audio fps", "*", roles=(FIRST, LAST, REFERENCE)),
)
FIXED_SIZE = {"viduq1-text": "1920x1080", "vidu2-reference": "1280x720"}
"""Models that are asked for a shape and have one size."""
NO_LENGTH = frozenset({"cogvideox-2", "cogvideox-flash", "cogvideox"})


def encode_submit(order: Order) -> Request:
    spec = order.spec
    body = {
        **{name: value for name, value in spec.extra.items() if name not in OURS},
        "model": order.model,
        "prompt": spec.prompt or None,
        "request_id": order.task_id or None,
        "image_url": images(order),
        "quality": QUALITIES.get(spec.quality.lower(), spec.quality) if spec.quality else None,
        "with_audio": spec.audio,
        "size": None if order.model in FIXED_SIZE else spec.size,
        "fps": None if spec.fps is None else (60 if spec.fps > HIGH_RATE else 30),
        "duration": None if order.model in NO_LENGTH or not spec.seconds else max(1, int(spec.seconds + 0.5)),
        "aspect_ratio": spec.aspect if order.model not in NO_ASPECT else None,
        "watermark_enabled": spec.watermark,
    }
    return post("/api/paas/v4/videos/generations", present(cast("dict[str, Json]", body)))


NO_ASPECT = frozenset(o.model for o in OFFERS if o.sizes)
"""Models whose size says the shape."""


def images(order: Order) -> Json:
    """One picture as itself; first and last frame, or references, as a list in that order."""
    many = order.model.endswith(("start-end", "reference"))
    given = [m for role in (FIRST, LAST, REFERENCE) for m in order.all(role)]
    found = [picture(m, order.model) for m in given]
    if not found:
        return None
    return found if many or len(found) > 1 else found[0]


def picture(media: Media, model: str) -> Json:
    """In the body while it may be: then no public address is needed. Vidu wants the `data:` prefix, CogVideoX none."""
    own = model.startswith("cogvideox")
    if media.blob.size > IMAGE_LIMIT["cogvideox" if own else "vidu"]:
        return media.url
    return Embed(media.blob, "base64" if own else "data_uri")


def facts(order: Order) -> Facts:
    """A video, sold by the piece; its seconds stand beside, for prices that count those."""
    spec = order.spec
    offer = choose(OFFERS, order.model, Kind.VIDEO, {i.role for i in (*spec.inputs, *order.media)})
    fixed = offer.seconds[0] if offer and offer.seconds else 5.0
    told = spec.seconds if spec.seconds and order.model not in NO_LENGTH else fixed
    pair = parse_pair(FIXED_SIZE.get(order.model) or spec.size or "")
    quality = QUALITIES.get((spec.quality or "").lower(), "speed")
    return Facts(
        {"call": UNIT, "second": millionths(told)},
        {
            "resolution": resolution_of(*pair) if pair else "1080p",
            "quality": quality,
            "audio": "on" if spec.audio else "off",
            "fps": "60" if spec.fps and spec.fps > HIGH_RATE else "30",
        },
    )
