"""An order in BFL's words: which path, which fields, and what is about to be bought.

Field names and which model has which: BFL's OpenAPI of 2026-05-01, and black-forest-labs/skills `bfl-api` for
`disable_pup` and how megapixels are billed.
"""

from __future__ import annotations

from math import ceil, gcd, isqrt
from typing import Any
from urllib.parse import quote

from framegate.core.frame import parse_pair, pixels
from framegate.core.money import UNIT, Facts
from framegate.core.provider import Offer, choose
from framegate.core.task import Kind, Media, Order, Role
from framegate.core.wire import Embed, Json, Request, post, present

MEGAPIXEL = 1 << 20
"""Pixels of one megapixel as it is billed: 1920x1080 is told as 1.98 and billed as 2."""
LARGEST_INLINE = 15_000_000
"""Bytes of a picture that goes into the body; a link must be public, and the body may not pass 20 MB."""
OURS = frozenset(
    {"model", "prompt", "seed", "guidance", "width", "height", "aspect_ratio", "image", "mask"}
) | {
    *("image_prompt", "webhook_url", "webhook_secret", "input_image"),
    *(f"input_image_{n}" for n in range(2, 10)),
}
"""Fields that only the canonical spec may set: else an extra could buy more than was paid for."""
BY_ASPECT = frozenset({"flux-pro-1.1-ultra", "flux-kontext-pro", "flux-kontext-max"})
"""Models that take the shape as an `aspect_ratio`, and have one size."""
FILLS = frozenset({"flux-pro-1.0-fill", "flux-pro-1.0-expand"})
"""Models that paint into a picture, and keep its size."""
PROMPTED = frozenset({"flux-pro-1.1", "flux-pro-1.1-ultra", "flux-dev", "flux-pro"})
"""Models whose picture is an `image_prompt`, in base64 only."""
COMMON = "output_format safety_tolerance"
REFERENCE = (Role.REFERENCE,)


def offer(
    models: str,
    extras: str,
    expresses: str = "seed",
    *,
    roles: tuple[Role, ...] = REFERENCE,
    **columns: Any,  # noqa: ANN401 - of the offer
) -> list[Offer]:
    """The offers of some models."""
    return [
        Offer(
            model=model,
            kind=Kind.IMAGE,
            expresses=tuple(expresses.split()),
            extras=tuple(f"{COMMON} {extras}".split()),
            roles=roles,
            **columns,
        )
        for model in models.split()
    ]


LARGE = ("1k", "2k", "480p", "540p", "720p", "768p", "1080p", "1440p")
OFFERS: tuple[Offer, ...] = (
    *offer("flux-2-pro flux-2-pro-preview flux-2-max", "disable_pup", resolutions=LARGE),
    *offer("flux-2-flex", "prompt_upsampling steps", "seed guidance", resolutions=LARGE),
    *offer("flux-2-klein-4b flux-2-klein-9b flux-2-klein-9b-preview", "", resolutions=LARGE),
    *offer("flux-kontext-pro flux-kontext-max", "prompt_upsampling", resolutions=("1k",)),
    *offer("flux-pro-1.1-ultra", "prompt_upsampling raw image_prompt_strength", resolutions=("2k",)),
    *offer("flux-pro-1.1", "prompt_upsampling", resolutions=("720p", "540p", "480p", "768p")),
    *offer(
        "flux-dev", "prompt_upsampling steps", "seed guidance", resolutions=("720p", "540p", "480p", "768p")
    ),
    *offer(
        "flux-pro-1.0-fill",
        "prompt_upsampling steps",
        "seed guidance",
        roles=(Role.REFERENCE, Role.MASK),
        needs=REFERENCE,
        lacks=("aspect", "resolution"),
    ),
    *offer(
        "flux-pro-1.0-expand",
        "prompt_upsampling steps top bottom left right",
        "seed guidance",
        needs=REFERENCE,
        lacks=("aspect", "resolution"),
    ),
    Offer(model="*", kind=Kind.IMAGE, roles=REFERENCE, expresses=("seed", "guidance"), extras=("*",)),
)


def encode_submit(order: Order) -> Request:
    spec = order.spec
    body: dict[str, Json] = {
        **{name: value for name, value in spec.extra.items() if name not in OURS},
        "prompt": spec.prompt,
        **present({"seed": spec.seed, "guidance": spec.guidance}),
        **shape_of(order),
        **pictures_of(order),
    }
    return post(f"/v1/{quote(order.model, safe='')}", body)


def shape_of(order: Order) -> dict[str, Json]:
    """The size or the shape of the output, in the words of this model; empty: the model's own default."""
    spec = order.spec
    if order.model in FILLS:
        return {}
    if order.model in BY_ASPECT:
        pair = parse_pair(spec.aspect or spec.size or "")
        if pair is None:
            return {}
        part = gcd(*pair)
        return {"aspect_ratio": f"{pair[0] // part}:{pair[1] // part}"}
    size = size_of(order)
    return {"width": size[0], "height": size[1]} if size else {}


def size_of(order: Order) -> tuple[int, int] | None:
    """Width and height: as asked; else of about a megapixel in the shape that was asked for. None: the model's own."""
    spec = order.spec
    if spec.size and (pair := parse_pair(spec.size)):
        return pair
    step = 32 if order.model in PROMPTED else 16
    if spec.resolution:
        wide, high = pixels(None, spec.aspect or "1:1", spec.resolution)
        return max(step, wide // step * step), max(step, high // step * step)
    if spec.aspect and (shape := parse_pair(spec.aspect)):
        wide = isqrt(MEGAPIXEL * shape[0] // shape[1]) // step * step
        high = isqrt(MEGAPIXEL * shape[1] // shape[0]) // step * step
        return max(step, wide), max(step, high)
    bills_by_size = order.model.startswith("flux-2-") and not references(order)
    return (1024, 1024) if bills_by_size else None


def pictures_of(order: Order) -> dict[str, Json]:
    """The pictures, each in its place."""
    given = order.all(Role.REFERENCE)
    if order.model in FILLS:
        mask = order.first(Role.MASK)
        return present({"image": base64(given[0]) if given else None, "mask": base64(mask) if mask else None})
    if order.model in PROMPTED:
        return {"image_prompt": base64(given[0])} if given else {}
    names = ("input_image", *(f"input_image_{n}" for n in range(2, len(given) + 1)))
    return {name: inline(item) for name, item in zip(names, given, strict=False)}


def base64(media: Media) -> Embed:
    return Embed(media.blob, "base64")


def inline(media: Media) -> Json:
    """A picture in the body, so that no public address is needed; a large one as a link."""
    return base64(media) if media.blob.size <= LARGEST_INLINE else media.url


def references(order: Order) -> int:
    """How many pictures the order gives: known from the spec before the media are made ready."""
    given = order.spec.inputs or order.media
    return sum(item.role is Role.REFERENCE for item in given)


def facts(order: Order) -> Facts:
    """An image, and for FLUX.2 the megapixels beyond the first: further ones of the output, and those of references.

    BFL counts each begun megapixel. How large a reference is cannot be told from the order: it counts as one.
    """
    units = {"image": UNIT * order.spec.count}
    if choose(OFFERS, order.model, Kind.IMAGE) is OFFERS[-1] or order.model.startswith("flux-2-"):
        wide, high = size_of(order) or (1024, 1024)
        further = max(1, ceil(wide * high / MEGAPIXEL)) - 1 + references(order)
        if further:
            units["megapixel"] = UNIT * further
    return Facts(units)
