"""What the models of the Dream Machine can do: PyPI `lumaai` 1.21.0 `types/`; limits of docs.lumalabs.ai.

`generation_type` among the extras is Luma's own word for what is wanted of a medium or of a finished generation:
`modify_video` (taken when nothing is said), `reframe_video`, `reframe_image`, `upscale_video`, `add_audio`.
"""

from __future__ import annotations

from framegate.core.provider import Offer
from framegate.core.task import Action, Kind, Role

FIRST, LAST, REFERENCE, VIDEO = Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE, Role.VIDEO
SHAPES = ("16:9", "1:1", "9:16", "4:3", "3:4", "21:9", "9:21")
RESOLUTIONS = ("720p", "540p", "1080p", "4k")
PLACES = (
    "grid_position_x",
    "grid_position_y",
    "x_start",
    "x_end",
    "y_start",
    "y_end",
    "resized_width",
    "resized_height",
)
"""Where the old picture lies in the new one, in pixels."""
PROMPT = 5000
CONTINUED = (Action.EXTEND, Action.EDIT, Action.UPSCALE)
"""What is done with a finished generation; to edit one is to add sound to it."""


def films(model: str) -> tuple[Offer, ...]:
    """From words and frames, and from a video. The billing of a deleted generation is not documented."""
    return (
        Offer(
            model=model,
            kind=Kind.VIDEO,
            seconds=(5.0, 9.0),
            aspects=SHAPES,
            resolutions=RESOLUTIONS,
            roles=(FIRST, LAST),
            prompt_limit=PROMPT,
            expresses=("camera", "loop"),
            extras=("concepts", "generation_type", "negative_prompt"),
            continues=CONTINUED,
            joins=True,
            bills_cancelled=True,
        ),
        Offer(
            model=model,
            kind=Kind.VIDEO,
            aspects=SHAPES,
            needs=(VIDEO,),
            roles=(VIDEO, FIRST),
            lacks=("seconds", "resolution"),
            prompt_limit=PROMPT,
            extras=("generation_type", "mode", *PLACES),
            follows=True,
            bills_cancelled=True,
        ),
    )


def pictures(model: str) -> Offer:
    return Offer(
        model=model,
        kind=Kind.IMAGE,
        aspects=SHAPES,
        roles=(REFERENCE,),
        lacks=("resolution",),
        prompt_limit=PROMPT,
        extras=(
            "format",
            "generation_type",
            "image_ref",
            "style_ref",
            "character_ref",
            "modify_image_ref",
            *PLACES,
        ),
        bills_cancelled=True,
    )


OFFERS: tuple[Offer, ...] = (
    *films("ray-2"),
    *films("ray-flash-2"),
    *films("ray-1-6"),
    pictures("photon-1"),
    pictures("photon-flash-1"),
    Offer(
        model="*",
        kind=Kind.VIDEO,
        roles=(FIRST, LAST),
        expresses=("camera", "loop"),
        extras=("*",),
        continues=CONTINUED,
        joins=True,
        bills_cancelled=True,
    ),
    Offer(
        model="*",
        kind=Kind.VIDEO,
        needs=(VIDEO,),
        roles=(VIDEO, FIRST),
        extras=("*",),
        follows=True,
        bills_cancelled=True,
    ),
    Offer(model="*", kind=Kind.IMAGE, roles=(REFERENCE,), extras=("*",), bills_cancelled=True),
)
