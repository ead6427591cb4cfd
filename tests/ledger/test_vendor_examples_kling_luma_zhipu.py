"""The shipped lists of Kling, Luma and Zhipu held against the vendors' own price examples.

An example says provider, model, what is asked, what the vendor takes in USD, and where that was read.
"""

from __future__ import annotations

from typing import Any

import pytest

from framegate.core.money import UNIT, parse_usd
from framegate.core.task import Action, Input, Kind, Order, Role, Spec
from framegate.ledger import Rates
from framegate.ledger.rates import NoPrice
from framegate.providers import load
from framegate.settings import catalogue

PROVIDERS = load()
SHIPPED = catalogue()
RATES = Rates(SHIPPED.prices, SHIPPED.costs)
Example = tuple[str, str, dict[str, Any], str]

KLING: tuple[
    Example, ...
] = (  # Kling's price list as read in 2026-08 and 2026-10, dollars a second times seconds
    ("kling", "kling-v3", {"seconds": 5.0}, "0.42"),
    ("kling", "kling-v3", {"seconds": 5.0, "quality": "pro"}, "0.56"),
    ("kling", "kling-v3", {"seconds": 5.0, "resolution": "1080p"}, "0.56"),
    ("kling", "kling-v3", {"seconds": 10.0, "quality": "4k", "audio": True}, "4.20"),
    ("kling", "kling-v3", {"seconds": 10.0, "audio": True}, "1.26"),
    ("kling", "kling-v3", {"seconds": 10.0, "quality": "pro", "audio": True}, "1.68"),
    ("kling", "kling-v3", {"extra": {"multi_prompt": [{"duration": "7"}, {"duration": "8"}]}}, "1.26"),
    ("kling", "kling-v2-6", {"seconds": 5.0}, "0.21"),
    ("kling", "kling-v2-6", {"seconds": 5.0, "audio": True}, "0.70"),
    ("kling", "kling-v2-6", {"seconds": 10.0, "quality": "pro"}, "0.70"),
    ("kling", "kling-v2-5-turbo", {"seconds": 10.0}, "0.42"),
    ("kling", "kling-v2-5-turbo", {"seconds": 5.0, "inputs": ("first_frame", "last_frame")}, "0.35"),
    ("kling", "kling-video-o1", {"seconds": 5.0}, "0.56"),
    ("kling", "kling-video-o1", {"seconds": 5.0, "quality": "std"}, "0.42"),
    ("kling", "kling-video-o1", {"seconds": 5.0, "quality": "std", "inputs": ("video",)}, "0.63"),
    ("kling", "kling-video-o1", {"seconds": 5.0, "inputs": ("video",)}, "0.84"),
    ("kling", "kling-v3-omni", {"seconds": 5.0, "quality": "std", "audio": True}, "0.56"),
    ("kling", "kling-v3-omni", {"seconds": 5.0, "quality": "pro", "audio": True}, "0.70"),
    ("kling", "kling-v3-omni", {"seconds": 5.0, "quality": "pro", "inputs": ("video",)}, "0.84"),
    ("kling", "kling-lip-sync", {"seconds": 5.0, "inputs": ("video", "audio")}, "0.07"),
    ("kling-next", "kling-3.0", {"seconds": 5.0}, "0.42"),
    ("kling-next", "kling-3.0", {"seconds": 15.0, "resolution": "1080p", "audio": True}, "2.52"),
    ("kling-next", "kling-3.0", {"seconds": 3.0, "resolution": "4k"}, "1.26"),
    ("kling-next", "kling-3.0-turbo", {"seconds": 5.0, "audio": True}, "0.56"),
    ("kling-next", "kling-3.0-turbo", {"seconds": 5.0, "resolution": "1080p"}, "0.70"),
    ("kling-next", "kling-3.0-omni", {"seconds": 5.0, "audio": True}, "0.56"),
    ("kling-next", "kling-3.0-omni", {"seconds": 5.0, "inputs": ("video",)}, "0.63"),
    ("kling-next", "kling-3.0-omni", {"seconds": 5.0, "resolution": "1080p", "inputs": ("video",)}, "0.84"),
    ("kling-next", "kling-o1", {"seconds": 5.0}, "0.42"),
    ("kling-next", "kling-o1", {"seconds": 5.0, "resolution": "1080p", "inputs": ("video",)}, "0.84"),
    ("kling-next", "kling-2.6", {"seconds": 5.0, "audio": True}, "0.70"),
    ("kling-next", "kling-2.5-turbo", {"seconds": 5.0, "resolution": "1080p"}, "0.35"),
)
FOLLOWING: tuple[
    Example, ...
] = (  # the same list, 2026-05, where the length is that of what is given: the longest
    ("kling", "kling-v2-6", {"inputs": ("first_frame", "video")}, "2.10"),
    ("kling", "kling-v2-6", {"inputs": ("first_frame", "video"), "quality": "pro"}, "3.36"),
    (
        "kling",
        "kling-v2-6",
        {"inputs": ("first_frame", "video"), "extra": {"character_orientation": "image"}},
        "0.70",
    ),
    ("kling", "kling-v3", {"inputs": ("first_frame", "video")}, "3.78"),
    ("kling", "kling-v3", {"inputs": ("first_frame", "video"), "resolution": "1080p"}, "5.04"),
    ("kling", "kling-avatar", {"inputs": ("first_frame", "audio")}, "16.80"),
    ("kling", "kling-avatar", {"inputs": ("first_frame",), "quality": "pro"}, "33.60"),
    ("kling", "kling-avatar", {"seconds": 5.0, "inputs": ("first_frame", "audio")}, "0.28"),
    ("kling", "kling-video-o1", {"seconds": 3.0, "inputs": ("video",), "action": "edit"}, "1.68"),
    ("kling", "kling-v3-omni", {"inputs": ("video",), "action": "edit", "quality": "std"}, "2.016"),
    ("kling", "kling-v3-omni", {"seconds": 3.0, "inputs": ("video",), "action": "edit"}, "2.688"),
    ("kling-next", "kling-o1", {"seconds": 3.0, "inputs": ("video",), "action": "edit"}, "1.26"),
    ("kling-next", "kling-3.0-omni", {"seconds": 3.0, "inputs": ("video",), "action": "edit"}, "2.016"),
)
HEARD: tuple[tuple[Kind, str, str, dict[str, Any], str], ...] = (
    (Kind.SPEECH, "kling", "tts-kling", {}, "0.007"),
    (Kind.SOUND, "kling", "sound-kling", {"seconds": 10.0}, "0.035"),
    (Kind.SOUND, "kling", "sound-kling-video", {"inputs": ("video",)}, "0.035"),
)
LUMA: tuple[Example, ...] = (  # in cents, as Comfy-Org/docs pull request 514 (2025-10) lists them
    ("luma", "ray-2", {"seconds": 5.0, "resolution": "540p"}, "0.40"),
    ("luma", "ray-2", {"seconds": 9.0, "resolution": "540p"}, "0.72"),
    ("luma", "ray-2", {"seconds": 5.0}, "0.71"),
    ("luma", "ray-2", {"seconds": 9.0, "resolution": "720p"}, "1.27"),
    ("luma", "ray-2", {"seconds": 5.0, "size": "1920x1080"}, "1.59"),
    ("luma", "ray-2", {"seconds": 9.0, "resolution": "1080p"}, "2.87"),
    ("luma", "ray-2", {"seconds": 5.0, "resolution": "4k"}, "6.37"),
    ("luma", "ray-2", {"seconds": 9.0, "resolution": "4k"}, "11.47"),
    ("luma", "ray-flash-2", {"seconds": 5.0, "resolution": "4k"}, "2.19"),
    ("luma", "ray-flash-2", {"seconds": 9.0, "resolution": "4k"}, "3.94"),
    ("luma", "ray-2", {"seconds": 5.0, "inputs": ("video",)}, "1.75"),  # docs.lumalabs.ai, modify video
    ("luma", "ray-flash-2", {"seconds": 5.0, "inputs": ("video",)}, "0.60"),  # the same page
    (
        "luma",
        "ray-2",
        {"seconds": 5.0, "inputs": ("video",), "extra": {"generation_type": "reframe_video"}},
        "0.71",  # docs.lumalabs.ai, reframe: as the model itself
    ),
)
AGENTS: tuple[Example, ...] = (  # ray-3.2 as runware.ai and fal.ai quote Luma's list, 2026-07
    ("luma-agents", "ray-3.2", {"seconds": 5.0, "resolution": "360p"}, "0.06"),
    ("luma-agents", "ray-3.2", {"seconds": 5.0, "resolution": "540p"}, "0.15"),
    ("luma-agents", "ray-3.2", {"seconds": 5.0}, "0.30"),
    ("luma-agents", "ray-3.2", {"seconds": 10.0}, "0.60"),
    ("luma-agents", "ray-3.2", {"seconds": 5.0, "resolution": "1080p"}, "1.20"),
    ("luma-agents", "ray-3.2", {"seconds": 5.0, "extra": {"hdr": True}}, "0.60"),
    (
        "luma-agents",
        "ray-3.2",
        {"seconds": 5.0, "resolution": "1080p", "extra": {"hdr": True, "exr_export": True}},
        "3.60",
    ),
    ("luma-agents", "ray-3.2", {"seconds": 5.0, "inputs": ("video",), "resolution": "540p"}, "0.72"),
    ("luma-agents", "ray-3.2", {"seconds": 10.0, "inputs": ("video",), "resolution": "1080p"}, "4.32"),
    (
        "luma-agents",
        "ray-3.2",
        {"seconds": 5.0, "inputs": ("video",), "extra": {"hdr": True, "exr_export": True}},
        "3.24",
    ),
    (
        "luma-agents",
        "ray-3.2",
        {"seconds": 10.0, "inputs": ("video",), "extra": {"type": "video_reframe"}},
        "1.20",
    ),
)
ZHIPU: tuple[Example, ...] = (
    ("zhipu", "cogvideox-3", {"seconds": 5.0}, "0.20"),  # docs.z.ai, guide of cogvideox-3, 2026-11
    ("zhipu", "cogvideox-3", {"seconds": 10.0, "size": "3840x2160", "quality": "quality", "fps": 60}, "0.20"),
)
PICTURES: tuple[Example, ...] = (
    ("kling", "kling-image-v3", {}, "0.028"),
    ("kling", "kling-image-o1", {"resolution": "2k", "count": 9}, "0.252"),
    ("kling", "kling-image-o1", {"resolution": "4k"}, "0.056"),
    ("kling", "kling-v3-omni", {"resolution": "4k", "count": 2}, "0.112"),
    ("kling", "kling-image-v2-1", {}, "0.014"),
    ("kling", "kling-image-v2-1", {"inputs": ("reference",)}, "0.028"),
    ("kling", "kolors-virtual-try-on-v1-5", {"inputs": ("reference",) * 2}, "0.07"),
    ("luma-agents", "uni-1", {}, "0.0404"),  # docs.agents.lumalabs.ai, pricing, 2026-07
    ("luma-agents", "uni-1", {"inputs": ("reference",)}, "0.0434"),
    ("luma-agents", "uni-1", {"inputs": ("reference",), "action": "edit"}, "0.0434"),
    ("luma-agents", "uni-1", {"inputs": ("reference",) * 9}, "0.0674"),
    ("luma-agents", "uni-1-max", {}, "0.1000"),
    ("luma-agents", "uni-1-max", {"inputs": ("reference",) * 2}, "0.1060"),
)
EXACT = [
    *((Kind.VIDEO, *example) for example in (*KLING, *FOLLOWING, *AGENTS, *ZHIPU)),
    *HEARD,
    *((Kind.IMAGE, *example) for example in PICTURES),
]


def named(examples: list[tuple[Kind, str, str, dict[str, Any], str]]) -> pytest.MarkDecorator:
    ids = [f"{model}-{usd}-{place}" for place, (_, _, model, _, usd) in enumerate(examples)]
    return pytest.mark.parametrize(("kind", "provider", "model", "asked", "usd"), examples, ids=ids)


def order_of(kind: Kind, model: str, asked: dict[str, Any]) -> Order:
    """An order as it is priced: before the media lie ready."""
    inputs = tuple(Input(role=Role(role), url="", media=f"med_{role}") for role in asked.get("inputs", ()))
    action = Action(asked.get("action", "generate"))
    spec = Spec(kind=kind, model=model, prompt="a red fox", **{**asked, "inputs": inputs, "action": action})
    return Order(spec=spec, model=model, task_id="")


def price(kind: Kind, provider: str, model: str, asked: dict[str, Any]) -> int:
    facts = PROVIDERS[provider].facts(order_of(kind, model, asked))
    return RATES.quote(facts, model, UNIT, provider, model).total


def cost(kind: Kind, provider: str, model: str, asked: dict[str, Any]) -> int | None:
    return RATES.cost(PROVIDERS[provider].facts(order_of(kind, model, asked)), {}, provider, model)


@named(EXACT)
def test_a_customer_pays_the_vendors_price(
    kind: Kind, provider: str, model: str, asked: dict[str, Any], usd: str
):
    assert parse_usd(usd) == price(kind, provider, model, asked)


@named(EXACT)
def test_the_vendors_price_is_our_cost(
    kind: Kind, provider: str, model: str, asked: dict[str, Any], usd: str
):
    assert parse_usd(usd) == cost(kind, provider, model, asked)


@named([(Kind.VIDEO, *example) for example in LUMA])
def test_luma_is_priced_by_the_pixel_and_quoted_in_cents(
    kind: Kind, provider: str, model: str, asked: dict[str, Any], usd: str
):
    for amount in (price(kind, provider, model, asked), cost(kind, provider, model, asked)):
        assert amount is not None
        assert abs(parse_usd(usd) - amount) < parse_usd("0.006")


@pytest.mark.parametrize("aspect", ["16:9", "1:1", "9:16", "4:3", "3:4", "21:9", "9:21"])
@pytest.mark.parametrize(("model", "rate"), [("photon-1", "0.0073"), ("photon-flash-1", "0.0019")])
def test_an_image_of_photon_is_never_sold_below_its_pixels(model: str, rate: str, aspect: str):
    asked = {"aspect": aspect}
    taken = cost(Kind.IMAGE, "luma", model, asked)
    sizes = {"1:1": 1536 * 1536, "16:9": 2048 * 1152, "4:3": 1792 * 1344, "21:9": 2432 * 1024}
    pixels = sizes.get(aspect) or sizes[":".join(reversed(aspect.split(":")))]
    assert taken == -(-pixels * parse_usd(rate) // 1_000_000)
    assert taken <= price(Kind.IMAGE, "luma", model, asked) < taken * 1.1


@pytest.mark.parametrize("asked", [{"action": "upscale"}, {"extra": {"generation_type": "add_audio"}}])
def test_what_luma_names_no_price_for_is_not_sold(asked: dict[str, Any]):
    with pytest.raises(NoPrice):
        price(Kind.VIDEO, "luma", "ray-2", {**asked, "parent": "task_1"})


def test_a_video_whose_length_is_not_known_is_reckoned_at_the_longest():
    edit = {"action": "edit", "inputs": ("video",)}
    assert price(Kind.VIDEO, "luma", "ray-2", {**edit, "seconds": 10.0}) == price(
        Kind.VIDEO, "luma", "ray-2", edit
    )
    assert price(Kind.VIDEO, "luma-agents", "ray-3.2", {**edit, "seconds": 18.0}) == price(
        Kind.VIDEO, "luma-agents", "ray-3.2", edit
    )
    assert price(Kind.VIDEO, "kling-next", "kling-o1", {**edit, "seconds": 10.0}) == price(
        Kind.VIDEO, "kling-next", "kling-o1", edit
    )


def test_no_word_of_a_vendor_buys_more_than_is_priced():
    """What a client slips among the vendor's own words changes neither the order's length nor its price."""
    sneaky = {"duration": "15", "mode": "4k", "n": 9, "resolution": "4k"}
    newer = {"settings": {"duration": 15, "resolution": "4k"}}
    for provider, model, words in (
        ("kling", "kling-v3", sneaky),
        ("kling-next", "kling-3.0", newer),
        ("luma", "ray-2", sneaky),
        ("luma-agents", "ray-3.2", {"video": {"duration": "15s", "resolution": "4k"}}),
        ("zhipu", "cogvideox-3", {"duration": 15, "size": "4k", "quality": "4k"}),
    ):
        asked: dict[str, Any] = {"seconds": 5.0, "vendor": provider}
        plain, odd = (order_of(Kind.VIDEO, model, {**asked, "extra": extra}) for extra in ({}, words))
        assert PROVIDERS[provider].facts(plain) == PROVIDERS[provider].facts(odd)
        sent = PROVIDERS[provider].submit.encode(odd).json
        assert isinstance(sent, dict)
        assert "4k" not in repr(sent)
        assert "15" not in repr(sent)
