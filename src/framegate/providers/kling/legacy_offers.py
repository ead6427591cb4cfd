"""What the models of Kling's older API can do: its parameter tables and capability map, read 2026-02 and 2026-05.

Kling announced the end of v1 to v2-1 for 2026-09-15; whether it came is not known, so they are still offered, and the
upstream judges. Failed tasks cost nothing, moderated ones included, and none can be cancelled.
"""

from __future__ import annotations

from typing import Any

from framegate.core.provider import Offer
from framegate.core.task import Action, Kind, Role

FIRST, LAST, REFERENCE, VIDEO, MASK = (
    Role.FIRST_FRAME,
    Role.LAST_FRAME,
    Role.REFERENCE,
    Role.VIDEO,
    Role.MASK,
)
SHAPES = ("16:9", "9:16", "1:1")
PICTURES = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9")
HD = ("720p", "1080p")
UHD = (*HD, "4k")
PROMPT = 2500
SHOTS = "multi_shot shot_type multi_prompt"
BETWEEN: dict[str, Any] = {"seconds": (3.0, 15.0), "seconds_range": True}
EITHER: dict[str, Any] = {"seconds": (5.0, 10.0)}


MOTION = "character_orientation keep_original_sound"


def offer(model: str, kind: Kind, expresses: str = "", extras: str = "", **columns: Any) -> Offer:  # noqa: ANN401
    words = (*expresses.split(), "watermark")
    return Offer(
        model=model,
        kind=kind,
        expresses=words,
        extras=tuple(extras.split()),
        prompt_limit=PROMPT,
        **columns,
    )


def video(  # noqa: PLR0913 - one keyword for each column of the vendor's table
    model: str,
    expresses: str = "",
    extras: str = "",
    *,
    text: bool = True,
    frames: tuple[Role, ...] = (FIRST, LAST),
    resolutions: tuple[str, ...] = HD,
    length: dict[str, Any] = EITHER,
) -> list[Offer]:
    """From text, and from a first frame, a last one or both; the frames give their video its shape."""
    camera = "camera" if "camera_control" in extras else ""
    words = f"negative_prompt quality {expresses} {camera}"
    columns = {"resolutions": resolutions, "continues": (Action.EXTEND,), **length}
    framed: dict[str, Any] = {**columns, "lacks": ("aspect",)}
    images = offer(model, Kind.VIDEO, words, extras, needs=(FIRST,), roles=frames, **framed)
    ends = [offer(model, Kind.VIDEO, words, extras, needs=(LAST,), roles=(LAST,), **framed)]
    return [
        images,
        *(ends if LAST in frames else []),
        *([offer(model, Kind.VIDEO, words, extras, aspects=SHAPES, **columns)] if text else []),
    ]


def omni(
    model: str, extras: str, frames: dict[str, Any], free: dict[str, Any], sizes: tuple[str, ...]
) -> list[Offer]:
    """A video that is given lends its length, its sound and its shape."""
    words = "quality audio"
    columns: dict[str, Any] = {"aspects": SHAPES, "resolutions": sizes}
    more = (FIRST, LAST, REFERENCE)
    return [
        offer(model, Kind.VIDEO, words, extras, roles=(FIRST, LAST), **columns, **frames),
        offer(model, Kind.VIDEO, words, extras, needs=(REFERENCE,), roles=more, **columns, **free),
        offer(
            model, Kind.VIDEO, words, extras, needs=(VIDEO,), roles=(VIDEO, *more), follows=True, **columns
        ),
    ]


def motion(model: str, extras: str) -> Offer:
    """A character who moves as in a video, and for as long."""
    both = (FIRST, VIDEO)
    columns: dict[str, Any] = {"resolutions": HD, "lacks": ("seconds", "aspect"), "follows": True}
    return offer(model, Kind.VIDEO, "quality", extras, needs=both, roles=both, **columns)


def heard(
    model: str,
    kind: Kind,
    limit: int,
    lacks: tuple[str, ...] = ("seconds", "aspect", "resolution"),
    **columns: Any,  # noqa: ANN401
) -> Offer:
    """Speech or a sound: a file that has no picture."""
    return Offer(model=model, kind=kind, prompt_limit=limit, lacks=lacks, **columns)


def image(models: str, extras: str = "image_fidelity human_fidelity", **columns: Any) -> list[Offer]:  # noqa: ANN401
    """Each under Kling's own name and as `kling-image-…`: its picture models share the names of its video models."""
    words = "" if "resolutions" in columns else "negative_prompt"
    shape: dict[str, Any] = {
        "aspects": PICTURES,
        "resolutions": ("1k", "2k"),
        "count": 9,
        "roles": (REFERENCE,),
        **columns,
    }
    return [
        offer(name, Kind.IMAGE, words, extras, **shape)
        for model in models.split()
        for name in (model, model.replace("kling-v", "kling-image-v", 1))
    ]


def try_on(models: str) -> list[Offer]:
    """A person and clothes: the pictures say all."""
    columns: dict[str, Any] = {"roles": (REFERENCE,), "lacks": ("aspect", "resolution")}
    return [offer(model, Kind.IMAGE, needs=(REFERENCE,), **columns) for model in models.split()]


OFFERS: tuple[Offer, ...] = (
    *video("kling-v1", "guidance", "camera_control dynamic_masks", frames=(FIRST, LAST, MASK)),
    *video("kling-v1-5", "guidance", "camera_control dynamic_masks", text=False, frames=(FIRST, LAST, MASK)),
    *video("kling-v1-6", "guidance", "camera_control"),
    offer(
        "kling-v1-6",
        Kind.VIDEO,
        "negative_prompt quality",
        needs=(REFERENCE,),
        roles=(REFERENCE,),
        aspects=SHAPES,
        resolutions=HD,
        **EITHER,
    ),
    *video("kling-v2-master", frames=(FIRST,)),
    *video("kling-v2-1-master", frames=(FIRST,)),
    *video("kling-v2-1", text=False),
    *video("kling-v2-5-turbo"),
    *video("kling-v2-6", "audio", "voice_list"),
    *video("kling-v3", "guidance audio", f"voice_list element_list {SHOTS}", resolutions=UHD, length=BETWEEN),
    motion("kling-v2-6", MOTION),
    motion("kling-v3", f"{MOTION} element_list"),
    *omni(
        "kling-video-o1",
        "element_list keep_original_sound",
        EITHER,
        {"seconds": (3.0, 10.0), "seconds_range": True},
        HD,
    ),
    *omni("kling-v3-omni", f"element_list keep_original_sound {SHOTS}", BETWEEN, BETWEEN, UHD),
    offer(
        "kling-lip-sync",
        Kind.VIDEO,
        "",
        "voice_id voice_language voice_speed",
        roles=(VIDEO, Role.AUDIO),
        lacks=("seconds", "aspect", "resolution"),
        continues=(Action.EDIT,),
        follows=True,
    ),
    offer(
        "kling-avatar",
        Kind.VIDEO,
        "quality",
        needs=(FIRST,),
        roles=(FIRST, Role.AUDIO),
        resolutions=HD,
        lacks=("seconds", "aspect"),
        continues=(Action.GENERATE,),
        follows=True,
    ),
    heard("tts-kling", Kind.SPEECH, 1000, expresses=("voice", "language"), extras=("voice_speed",)),
    heard("sound-kling", Kind.SOUND, 200, ("aspect", "resolution"), seconds=(3.0, 10.0), seconds_range=True),
    heard(
        "sound-kling-video",
        Kind.SOUND,
        200,
        roles=(VIDEO,),
        needs=(VIDEO,),
        extras=("bgm_prompt", "asmr_mode"),
        continues=(Action.GENERATE,),
    ),
    offer(
        "kling-effects",
        Kind.VIDEO,
        "",
        "effect_scene",
        needs=(FIRST,),
        roles=(FIRST,),
        lacks=("aspect", "resolution"),
        **EITHER,
    ),
    offer(
        "kling-effects",
        Kind.VIDEO,
        "",
        "effect_scene",
        needs=(REFERENCE,),
        roles=(REFERENCE,),
        lacks=("aspect", "resolution"),
        seconds=(5.0,),
    ),
    *image(
        "kling-v1 kling-v2 kling-v2-new kling-v2-1", "image_fidelity human_fidelity scene_image style_image"
    ),
    *image("kling-v1-5", "image_reference image_fidelity human_fidelity"),
    *image("kling-v3", "element_list image_fidelity human_fidelity"),
    *image("kling-image-o1 kling-v3-omni", "element_list result_type", resolutions=("1k", "2k", "4k")),
    offer(
        "kling-expand",
        Kind.IMAGE,
        "",
        "up_expansion_ratio down_expansion_ratio left_expansion_ratio right_expansion_ratio",
        needs=(REFERENCE,),
        roles=(REFERENCE,),
        lacks=("aspect", "resolution"),
        count=9,
    ),
    *try_on("kolors-virtual-try-on-v1 kolors-virtual-try-on-v1-5"),
    offer(
        "*",
        Kind.VIDEO,
        "negative_prompt quality guidance audio",
        "*",
        roles=(FIRST, LAST, REFERENCE, VIDEO, MASK),
    ),
    offer("*", Kind.IMAGE, "negative_prompt", "*", roles=(REFERENCE,), count=9),
)
