"""An order in Runway's words: which endpoint, which fields, and what is about to be bought.

Field names and which model has which: PyPI `runwayml` 5.24.0 `types/*_create_params.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from msgspec import structs

from framegate.core.frame import pixels, resolution_of
from framegate.core.money import UNIT, Facts
from framegate.core.provider import Offer, choose, millionths
from framegate.core.task import Action, Kind, Order, Role
from framegate.core.wire import Json, Record, Request, post, present
from framegate.providers.runway.images import OFFERS as IMAGES
from framegate.providers.runway.sounds import HEARD, RATES, encode_sound, facts_of_sound
from framegate.providers.runway.sounds import OFFERS as SOUNDS
from framegate.providers.runway.told import HEADERS, OURS, uri
from framegate.providers.runway.videos import OFFERS as VIDEOS

PATHS = {
    "act_two": "/v1/character_performance",
    "magnific_video_upscaler_creative": "/v1/video_upscale",
    "enhance_frame_rate": "/v1/video_upscale",
    "ruby": "/v1/video_to_hdr",
    "magnific_precision_upscaler_v2": "/v1/image_upscale",
}
SOURCE_AS_URI = frozenset({"aleph2", "gemini_omni_flash", "gemini_omni_flash_1.1", "kling_4", *PATHS})
NO_LENGTH = frozenset({"aleph2", "gemini_omni_flash", "kling_4", *PATHS}) | {
    f"klingO3_{tier}" for tier in ("standard", "pro", "4k")
}
"""Models that take their length from the video they edit."""
NEED_RATIO = frozenset({"gen4.5", "gen4_turbo", "veo3.1", "veo3.1_fast"})
"""Models that want a ratio beside an image, too."""
AS_AUTO = frozenset({"kling_4", "grok_imagine_1_5_lite", "wan3", "wan3_prime"})
"""Models whose resolution is a ratio, `auto_720p`: the shape is that of the picture or the video they start from."""
MODES = frozenset({"seedance2_5", "gemini_omni_flash_1.1"})
"""Models that are told whether to extend a video or to edit it."""
DEEP = {"mp4": "", "mov": "", "prores": "prores", "png_sequence": "prores"}
"""How a video's `outputFormat` is billed: as it is, 5 credits a second more, or (all others) 20 more."""
UPSCALERS = frozenset(model for model, path in PATHS.items() if path.endswith("_upscale"))


def limited(offer: Offer) -> Offer:
    """The offer with what its path cannot say, and what else it does with a medium than to start from it."""
    over_video = Role.VIDEO in offer.needs
    does = (Action.EXTEND,) if over_video and offer.model in MODES else ()
    lacks = (
        "seconds" if over_video and offer.model in NO_LENGTH else "",
        "aspect" if offer.resolutions and not offer.aspects else "",
        "resolution" if offer.aspects and not offer.resolutions else "",
    )
    return structs.replace(
        offer,
        lacks=tuple(filter(None, lacks)),
        follows="seconds" in lacks,
        actions=(*does, Action.UPSCALE) if offer.model in UPSCALERS else does,
    )


OFFERS: tuple[Offer, ...] = (*(limited(offer) for offer in (*VIDEOS, *IMAGES)), *SOUNDS)
LEAST = {"aleph2": 2}
"""Seconds that are billed at least: 56 credits at 28 a second, a quote of the price page of 2026-09-15."""
SECONDS = 5.0
"""What a video is reckoned at when neither the request nor the offer says how long it will be."""
LONGEST = 30.0
"""What is held for where the result is as long as the video that is given: Act-Two takes no longer one (SDK), nor does
Aleph (developers.cloudflare.com, read 2026-11); of others no page says it.
"""
CREDITS: dict[str, dict[str, int]] = {
    "aleph2": {"": 28, "prores": 33, "deep": 48},
    "act_two": {"": 5},
    "ruby": {"": 20, "deep": 20},
}
"""Credits that such a model takes for a second, by how its `outputFormat` is billed."""


def roles_of(order: Order) -> frozenset[Role]:
    """The inputs there are: known from the spec before the media are made ready."""
    return frozenset(item.role for item in (*order.spec.inputs, *order.media))


def path_of(order: Order) -> str:
    """The endpoint for what is asked."""
    roles = roles_of(order)
    if order.model in PATHS:
        return PATHS[order.model]
    if order.spec.kind is Kind.IMAGE:
        return "/v1/text_to_image"
    if Role.VIDEO in roles:
        return "/v1/video_to_video"
    return "/v1/image_to_video" if roles & {Role.FIRST_FRAME, Role.LAST_FRAME} else "/v1/text_to_video"


def encode_submit(order: Order) -> Request:
    if order.spec.kind in HEARD:
        return encode_sound(order)
    spec, path = order.spec, path_of(order)
    length = None if path == "/v1/video_to_video" and order.model in NO_LENGTH else spec.seconds
    body: dict[str, Json] = {
        **{name: value for name, value in spec.extra.items() if name not in OURS},
        **present(
            {
                "model": order.model,
                "promptText": spec.prompt or None,
                "duration": whole(length) if length and path not in PATHS.values() else None,
                "seed": spec.seed,
                "audio": spec.audio,
                "negativePrompt": spec.negative_prompt or None,
                "cfgScale": spec.guidance,
                "quality": spec.quality,
                "targetFramerate": str(spec.fps) if spec.fps else None,
                "mode": spec.action.value if tells_mode(order, path) else None,
                "outputCount": spec.count if spec.count > 1 else None,
                **frame_of(order, path),
                **media_of(order, path),
            }
        ),
    }
    return post(path, body, HEADERS)


def tells_mode(order: Order, path: str) -> bool:
    """Whether the request says if a video is extended or edited."""
    changes = order.spec.action in {Action.EXTEND, Action.EDIT}
    return changes and order.model in MODES and path == "/v1/video_to_video"


def frame_of(order: Order, path: str) -> dict[str, Json]:
    """The shape of the output, in the words that this model has for it."""
    spec, model = order.spec, order.model
    offer = choose(OFFERS, model, spec.kind, roles_of(order))
    if offer and offer.aspects:
        word = "targetAspectRatio" if model == "aleph2" else "ratio"
        return {word: spec.aspect, "resolution": spec.resolution}
    if offer and offer.resolutions:
        if model in AS_AUTO:
            return {"ratio": f"auto_{spec.resolution}" if spec.resolution else None}
        return {"resolution": spec.resolution}
    size = spec.size
    if not size and (spec.aspect or spec.resolution):
        wide, high = pixels(None, spec.aspect, spec.resolution)
        size = f"{wide}x{high}"
    if not size and offer and offer.sizes:
        wanted = path.startswith("/v1/text_to") or model in NEED_RATIO
        size = offer.sizes[0] if wanted else None
    return {"ratio": size.replace("x", ":") if size else None}


def media_of(order: Order, path: str) -> dict[str, Json]:
    """The media, each in its place."""
    first, last, video = (order.first(r) for r in (Role.FIRST_FRAME, Role.LAST_FRAME, Role.VIDEO))
    references = [{"uri": uri(item)} for item in order.all(Role.REFERENCE)] or None
    sounds = [{"type": "audio", "uri": uri(item)} for item in order.all(Role.AUDIO)] or None
    match path:
        case "/v1/text_to_image":
            mask = order.first(Role.MASK)
            return {"referenceImages": tagged(order), "maskUri": uri(mask) if mask else None}
        case "/v1/image_upscale":
            return {"imageUri": references[0]["uri"] if references else None}
        case "/v1/character_performance":
            return {
                "character": {"type": "image", "uri": uri(first)} if first else None,
                "reference": {"type": "video", "uri": uri(video)} if video else None,
            }
        case _:
            pass
    source = "videoUri" if order.model in SOURCE_AS_URI else "promptVideo"
    frames = [{"position": p, "uri": uri(m)} for p, m in (("first", first), ("last", last)) if m]
    return {
        "promptImage": (uri(first) if first and not last else frames) if frames else None,
        "references": references,
        "referenceAudio": sounds,
        source: uri(video) if video else None,
    }


def tagged(order: Order) -> Json:
    """The pictures to refer to, each with its tag and its subject if it has them."""
    notes = Record(cast("Json", order.spec.extra)).at("referenceImages")
    said = (
        {key: notes.at(place, key).text_or("") for key in ("tag", "subject")}
        for place in range(len(order.all(Role.REFERENCE)))
    )
    pictures = zip(order.all(Role.REFERENCE), said, strict=True)
    found = [{"uri": uri(item), **{k: v for k, v in note.items() if v}} for item, note in pictures]
    return cast("Json", found) or None


def whole(seconds: float) -> int:
    """The API counts whole seconds; half a second rounds up."""
    return max(1, int(seconds + 0.5))


def facts(order: Order) -> Facts:
    """Images or seconds, with what the vendor's prices depend on: see the docstrings of `runwayml` 5.24.0."""
    if order.spec.kind in HEARD:
        return facts_of_sound(order)
    spec, path = order.spec, path_of(order)
    shape = frame_of(order, path)
    wide, high = pixels(str(shape.get("ratio") or spec.size or ""), spec.aspect, spec.resolution)
    if path == "/v1/image_upscale":
        return Facts({"image": UNIT}, {"scale": str(spec.extra.get("scaleFactor", "auto"))[:20] or "auto"})
    if spec.kind is Kind.IMAGE:
        remix = Role.REFERENCE in roles_of(order) and not spec.extra.get("preciseEdit")
        return Facts(
            {"image": spec.count * UNIT},
            {
                "resolution": "1080p" if min(wide, high) > 720 else "720p",
                "area": f"{max(1, round(wide * high / 1_000_000))}mp",
                "quality": spec.quality or "auto",
                "input": "image" if remix else "none",
            },
        )
    usual = LONGEST if order.model in NO_LENGTH and Role.VIDEO in roles_of(order) else SECONDS
    seconds = max(whole(spec.seconds or usual), shots(spec.extra), LEAST.get(order.model, 1))
    form = format_of(order)
    return Facts(
        {"second": millionths(seconds)},
        {
            "resolution": spec.resolution if spec.resolution and not spec.size else resolution_of(wide, high),
            "audio": "off" if spec.audio is False else "on",
            **({"format": form} if form else {}),
        },
    )


def format_of(order: Order) -> str:
    """How the `outputFormat` is billed."""
    offer = choose(OFFERS, order.model, order.spec.kind, roles_of(order))
    has = offer is not None and {"outputFormat", "*"} & set(offer.extras)
    said = order.spec.extra.get("outputFormat") if has else None
    return DEEP.get(said, "deep") if isinstance(said, str) and said else ""


def rate_of(order: Order) -> dict[str, str]:
    """What the handle keeps of how credits and seconds go together: seconds for a credit, or credits for a second."""
    if found := RATES.get(order.model):
        return {"rate": str(found)}
    rates = CREDITS.get(order.model)
    return {"per": str(rates.get(format_of(order), rates[""]))} if rates else {}


def shots(extra: Mapping[str, Any]) -> int:
    """The seconds that a list of shots comes to: it must not be longer than what is paid for."""
    listed = Record(cast("Json", extra)).at("providerSettings", "multiPrompt").items()
    return sum(max(0, int(shot.at("duration").number_or(0))) for shot in listed)
