"""What Runway's image models can do: PyPI `runwayml` 5.24.0 `types/text_to_image_create_params.py`.

The size that is taken when none is asked for stands first. Where the SDK types `outputCount` as a plain integer, four
is the most that is offered. The ratios `auto`, `auto_1k` and `auto_2k` are not offered: a price could not be told.
"""

from __future__ import annotations

from typing import Any

from framegate.core.provider import Offer
from framegate.core.task import Kind, Role
from framegate.providers.runway.rows import REFERENCE, Columns, offer, sizes

PICTURE = (REFERENCE,)
TAGS = "referenceImages"
"""As an extra: the tag and the subject of each picture, in their order, without the pictures themselves."""
GEN4 = sizes(
    "1280:720 720:1280 1024:1024 1080:1080 1168:880 1360:768 1440:1080 1080:1440 1808:768 1920:1080 1080:1920",
    "2112:912 720:720 960:720 720:960 1680:720",
)
GPT = sizes(
    "1920:1088 1088:1920 1920:1920 2048:880 1920:1280 1920:1440 1920:1536 1536:1920 1440:1920 1280:1920",
    "2912:1248 2560:1440 2560:1712 2560:1920 2560:2048 2560:2560 2048:2560 1920:2560 1712:2560 1440:2560",
    "3840:1648 3840:2160 3504:2336 3264:2448 3200:2560 2880:2880 2560:3200 2448:3264 2336:3504 2160:3840",
)
SMALL = "1024:1024 832:1248 1248:832 864:1184 1184:864 896:1152 1152:896 768:1344 1344:768 1536:672"
LARGE = (
    "2048:2048 1696:2528 2528:1696 1792:2400 2400:1792 1856:2304 2304:1856 1536:2752 2752:1536 3168:1344 "
    "4096:4096 3392:5056 5056:3392 3584:4800 4800:3584 3712:4608 4608:3712 3072:5504 5504:3072 6336:2688"
)
FLASH = sizes(
    SMALL,
    LARGE,
    "512:512 416:624 624:416 432:592 592:432 448:576 576:448 384:672 672:384 768:336",
    "256:1024 1024:256 176:1408 1408:176 512:2048 2048:512 352:2816 2816:352",
    "1024:4096 4096:1024 704:5632 5632:704 2048:8192 8192:2048 1408:11264 11264:1408",
)
LITE = "1024:1024 848:1264 1264:848 896:1200 1200:896 928:1152 1152:928 768:1376 1376:768 1584:672"
BANANA = sizes(
    LITE,
    LARGE,
    "512:2064 2064:512 352:2928 2928:352 1024:4128 4128:1024 704:5856 5856:704",
    "2048:8256 8256:2048 1408:11712 11712:1408",
)
MUSE = sizes("1600:1600 1920:1280 1280:1920 2352:1008 2016:1152 1792:1344 1344:1792 1152:2016")
SEED = "1024:1024 1184:896 896:1184 1376:768 768:1376"
SEED_PRO = sizes(
    SEED, "1296:864 864:1296 2048:2048 2304:1728 1728:2304 2720:1530 1530:2720 2496:1664 1664:2496"
)
SEED_2K = "2048:2048 2304:1728 1728:2304 2848:1600 1600:2848 2496:1664 1664:2496 3136:1344"
SEED_LITE = sizes(SEED_2K, "3072:3072 3456:2592 2592:3456 4096:2304 2304:4096 3744:2496 2496:3744 4704:2016")
SEED_FLASH = sizes(SEED, "1248:832 832:1248 1568:672", SEED_2K)
GROK = sizes(
    "1024:1024 1280:720 720:1280 1152:864 864:1152 1248:832 832:1248 1248:576 576:1248 1280:576 576:1280",
    "1408:704 704:1408 2048:2048 2816:1584 1584:2816 2368:1776 1776:2368 2496:1664 1664:2496 2912:1344",
    "1344:2912 3200:1440 1440:3200 2912:1456 1456:2912",
)
FIBO = "1024:1024 768:1152 1152:768 768:1024 1024:768 768:960 960:768 576:1024 1024:576"
FIBO_2K = "2048:2048 1536:2304 2304:1536 1536:2048 2048:1536 1536:1920 1920:1536 1152:2048 2048:1152"
IDEOGRAM_4 = sizes(
    "2048:2048 2560:1440 1440:2560 2304:1728 1728:2304 2496:1664 1664:2496 3072:1280 1280:3072"
)
IDEOGRAM_45 = sizes(
    "1024:1024 1280:720 720:1280 1152:864 864:1152 1248:832 832:1248 1120:896 896:1120 1440:720 720:1440",
    "2048:2048 2560:1440 1440:2560 2304:1728 1728:2304 2496:1664 1664:2496 2240:1792 1792:2240 2880:1440",
    "1440:2880 1024:576 576:1024 1408:704 704:1408",
)
RECRAFT = sizes(
    "1024:1024 1536:768 768:1536 1280:832 832:1280 1216:896 896:1216 1152:896 896:1152 832:1344 1280:896",
    "896:1280 1344:768 768:1344",
)
VECTOR = sizes("1024:1024 1216:896 896:1216 1344:768 768:1344")


def images(  # noqa: PLR0913 - one keyword for each column of the vendor's table
    models: str,
    size: Columns,
    expresses: str = "",
    extras: str = "",
    *,
    count: int = 1,
    roles: tuple[Role, ...] = PICTURE,
    **columns: Any,  # noqa: ANN401
) -> list[Offer]:
    """The offer of each of some models."""
    return [
        offer(model, Kind.IMAGE, expresses, extras, count=count, roles=roles, **size, **columns)
        for model in models.split()
    ]


OFFERS: tuple[Offer, ...] = (
    *images("gen4_image", GEN4, "seed", f"contentModeration {TAGS}", prompt_limit=1000),
    *images("gen4_image_turbo", GEN4, "seed", f"contentModeration {TAGS}", needs=PICTURE, prompt_limit=1000),
    *images(
        "gpt_image_2 gpt_image_2_5_flare gpt_image_2_5_sunburst",
        GPT,
        "quality",
        f"background {TAGS}",
        count=4,
    ),
    *images("gemini_image3.1_flash", FLASH, "", TAGS, count=4),
    *images("gemini_image3.1_flash_lite", sizes(LITE), "", TAGS, count=4),
    *images("gemini_image3_pro", sizes(SMALL, LARGE), "", TAGS, count=4),
    *images("gemini_2.5_flash", sizes(SMALL), "", TAGS),
    *images("nano_banana_2.1", BANANA, "", f"thinkingLevel {TAGS}", count=4),
    *images("muse_image", MUSE, "", "outputFormat", count=4),
    *images("seedream5_pro", SEED_PRO, "", "grounding outputFormat", count=4),
    *images("seedream5_lite", SEED_LITE, "", "grounding outputFormat", count=4),
    *images("seedream5_flash", SEED_FLASH, "", "outputFormat", count=4),
    *images("grok_imagine_image_2", GROK, "quality", "edit", count=4),
    *images("bria_fibo_1_5", sizes(FIBO, FIBO_2K), "seed", "outputFormat"),
    *images("bria_fibo_edit_1_5", sizes(FIBO), "seed", "outputFormat"),
    *images("ideogram_4_0", IDEOGRAM_4, "quality", count=4),
    *images("ideogram_4_5", IDEOGRAM_45, "quality", "preciseEdit", count=4, roles=(REFERENCE, Role.MASK)),
    *images("recraft_v4_1_flash", RECRAFT, "seed", "backgroundColor colors outputFormat", count=4, roles=()),
    *images("recraft_v4_1_vector", VECTOR, "", "backgroundColor colors", roles=()),
    *images(
        "magnific_precision_upscaler_v2",
        {},
        "",
        "flavor scaleFactor sharpen smartGrain ultraDetail",
        needs=PICTURE,
        prompt_limit=0,
    ),
    *images("*", {}, "seed quality", "*", count=4, roles=(REFERENCE, Role.MASK)),
)
