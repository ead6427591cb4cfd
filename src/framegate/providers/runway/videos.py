"""What Runway's video models can do: PyPI `runwayml` 5.24.0 `types/*_create_params.py`, unless a line says otherwise.

Where the SDK types a duration as a plain integer and no page names its range, none is given: the upstream judges. A
prompt's limit of 0 says that the model takes none. `draftTaskId` is no extra: it names a task by the upstream's id.
"""

from __future__ import annotations

from framegate.core.provider import Offer
from framegate.core.task import Kind
from framegate.providers.runway.rows import (
    ANY,
    AUDIO,
    FIRST,
    LAST,
    REFERENCE,
    VIDEO,
    Columns,
    between,
    offer,
    one_of,
    shapes,
    sizes,
    videos,
)

WIDE = sizes("1280:720 720:1280")
GEN4 = sizes("1280:720 720:1280 1104:832 960:960 832:1104 1584:672")
VEO = sizes("1280:720 720:1280 1080:1920 1920:1080")
K720, K1080 = sizes("1280:720 720:1280 960:960"), sizes("1920:1080 1080:1920 1440:1440")
K4K = sizes("3840:2160 2160:3840 2880:2880")
OMNI = sizes("1280:720 720:1280 640:360 360:640 1920:1080 1080:1920 3840:2160 2160:3840")
SEED720 = (
    "1280:720 720:1280 992:432 864:496 752:560 640:640 560:752 496:864 1470:630 1112:834 960:960 834:1112"
)
SEED1080 = "2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920"
SEED4K = "3840:1646 3840:2160 3840:2880 3840:3840 2880:3840 2160:3840"
SEED25 = SEED720.replace("864:496", "854:480").replace("496:864", "480:854")
WAN = sizes(
    "1280:720 720:1280 832:480 720:544 624:624 544:720 480:832 1104:832 960:960 832:1104",
    "1920:1080 1648:1248 1440:1440 1248:1648 1080:1920",
)
HORSE = sizes("1280:720 720:1280 960:960 1108:832 832:1108 1920:1080 1080:1920 1440:1440 1662:1248 1248:1662")
LITE = sizes(
    "1280:720 720:1280 848:480 480:848 480:480 640:480 480:640 720:480 480:720 720:720 960:720 720:960 1088:720",
    "720:1088 1904:1072 1072:1904 1424:1424 1648:1232 1232:1648 1744:1152 1152:1744",
)
K25 = sizes("1280:720 720:1280 720:720 1920:1080 1440:1440 1080:1920")
K4 = sizes("1280:720 720:1280 940:940 1460:624 1920:1080 1080:1920 1440:1440 2200:940")
HAILUO = shapes("16:9 9:16 1:1 4:3 3:4 21:9", "768p 2k")
GROK = shapes("16:9 9:16 1:1 4:3 3:4 3:2 2:3", "720p 480p 1080p")
ALEPH = shapes("16:9 9:16 1:1 4:3 3:4 3:2 2:3 21:9")
AUTO = shapes("", "720p 1080p")
FORMATS = "contentModeration outputFormat proresProfile"
LOOKS = (REFERENCE, AUDIO)
MAX = shapes("", "768p 480p")


def kling3(model: str, size: Columns) -> list[Offer]:
    return videos(
        model,
        between(3, 15),
        "audio guidance",
        "providerSettings",
        image=size,
        image_roles=(LAST,),
        text=size,
    )


def kling_omni(model: str, size: Columns) -> list[Offer]:
    """The range is that of `multiPrompt`, the only one that is documented."""
    return videos(
        model,
        between(3, 15),
        "audio",
        "providerSettings",
        image=size,
        image_roles=(LAST, REFERENCE),
        text=size,
    ) + videos(model, ANY, "", "providerSettings", edit=ANY, edit_roles=(REFERENCE,))


def seedance(
    models: str, size: Columns, extras: str = "", edit_extras: str = "", prompt: int = 3500
) -> list[Offer]:
    """Reference pictures go with text or a video: the image path takes either frames or references."""
    said = "seed audio"
    return videos(
        models,
        ANY,
        said,
        extras,
        image=size,
        image_roles=(LAST, AUDIO),
        text=size,
        text_roles=LOOKS,
        prompt=prompt,
    ) + videos(models, ANY, said, edit_extras, edit=size, edit_roles=LOOKS, prompt=prompt)


OFFERS: tuple[Offer, ...] = (
    *videos("gen4.5", between(2, 10), "seed", FORMATS, image=GEN4, text=WIDE, prompt=1000),
    *videos("gen4_turbo", between(2, 10), "seed", "contentModeration", image=GEN4, prompt=1000),
    *videos(
        "veo3.1 veo3.1_fast",
        one_of(8, 4, 6),
        "seed audio negative_prompt",
        image=VEO,
        image_roles=(LAST,),
        text=VEO,
        prompt=1000,
    ),
    *kling3("kling3.0_standard", K720),
    *kling3("kling3.0_pro", K1080),
    *kling3("kling3.0_4k", K4K),
    *kling_omni("klingO3_standard", K720),
    *kling_omni("klingO3_pro", K1080),
    *kling_omni("klingO3_4k", K4K),
    *videos("kling2.5_turbo_pro", one_of(5, 10), "guidance", image=ANY, image_roles=(LAST,), text=K25),
    *videos(
        "kling_4",
        ANY,
        image=AUTO,
        image_roles=(REFERENCE,),
        text=K4,
        text_roles=(REFERENCE,),
        edit=AUTO,
        edit_roles=(REFERENCE,),
    ),
    *seedance("seedance2", sizes(SEED720, SEED1080, SEED4K)),
    *seedance("seedance2_fast seedance2_mini", sizes(SEED720)),
    *seedance(
        "seedance2_5", sizes(SEED25, SEED1080), "draft outputFormat", "draft mode outputFormat", prompt=15000
    ),
    *videos(
        "wan3 wan3_prime",
        ANY,
        "audio",
        image=shapes("", "720p 480p 1080p"),
        image_roles=(LAST, AUDIO),
        text=WAN,
        text_roles=LOOKS,
    ),
    *videos(
        "hailuo3",
        ANY,
        image=HAILUO,
        image_roles=(LAST, AUDIO),
        text=HAILUO,
        text_roles=LOOKS,
        edit=HAILUO,
        edit_roles=LOOKS,
    ),
    *videos("happyhorse_1_0", ANY, image=AUTO, text=HORSE, prompt=2500),
    *videos("h3_max", ANY, "seed", "promptExpansionMode", image=MAX, image_roles=(LAST,), text=MAX),
    *videos("grok_imagine_1_5", ANY, image=shapes("", "720p 480p 1080p"), text=GROK, text_roles=LOOKS),
    *videos("grok_imagine_1_5_lite", ANY, image=shapes("", "720p 480p 1080p"), text=LITE),
    *videos("gemini_omni_flash", between(3, 10), image=WIDE, text=WIDE, edit=ANY, edit_roles=(REFERENCE,)),
    *videos(
        "gemini_omni_flash_1.1",
        between(3, 10),
        image=OMNI,
        image_roles=(LAST,),
        text=OMNI,
        text_roles=(REFERENCE,),
    ),
    *videos(
        "gemini_omni_flash_1.1",
        ANY,
        "",
        "mode",
        edit=OMNI,
        edit_roles=(REFERENCE,),
        edit_seconds=between(3, 10),
    ),
    *videos("aleph2", ANY, "seed", f"{FORMATS} keyframes", edit=ALEPH),
    offer(
        "act_two",
        Kind.VIDEO,
        "seed",
        "bodyControl contentModeration expressionIntensity",
        needs=(FIRST, VIDEO),
        roles=(FIRST, VIDEO),
        prompt_limit=0,
        **GEN4,
    ),
    *videos(
        "magnific_video_upscaler_creative",
        ANY,
        "",
        "creativity flavor fpsBoost sharpen smartGrain",
        edit=shapes("", "1k 2k 4k 720p"),
        prompt=0,
    ),
    *videos("enhance_frame_rate", ANY, "fps", edit=ANY, prompt=0),
    *videos("ruby", ANY, "", "outputFormat proresProfile", edit=ANY, prompt=0),
    offer(
        "*",
        Kind.VIDEO,
        "seed audio negative_prompt guidance",
        "*",
        roles=(FIRST, LAST, REFERENCE, VIDEO, AUDIO),
    ),
)
