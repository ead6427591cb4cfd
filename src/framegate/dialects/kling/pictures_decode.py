"""A request to one of `/v1/images/...` in our words.

| their word | ours | source |
|---|---|---|
| model_name `kling-v2-1` | model `kling-image-v2-1`: models of videos have the same names | parameter tables, 2026-02 |
| image, image_list, subject_image_list, human_image, cloth_image | reference, in that order | parameter tables |
| n, series_amount | count | parameter tables |
| resolution, aspect_ratio | resolution, aspect | parameter tables |
| all else | as it is, for Kling itself | parameter tables |

`editing/expand` has no model; `kling-expand` is our name for it.
"""

from __future__ import annotations

from typing import Any

from framegate.core.dialect import Call, invalid
from framegate.core.task import Action, Kind, Role, Spec
from framegate.dialects.kling.pictures_shapes import (
    Expand,
    Generation,
    MultiImage,
    OmniImage,
    Pictures,
    TryOn,
)
from framegate.dialects.kling.requests import model_of, one_of, prompt_of, shape_of, spec_of

GENERATIONS = "images/generations"
OMNI = "images/omni-image"
MULTI = "images/multi-image2image"
EXPAND = "images/editing/expand"
TRY_ON = "images/kolors-virtual-try-on"
SIDES = ("up_expansion_ratio", "down_expansion_ratio", "left_expansion_ratio", "right_expansion_ratio")
SERIES = 4
"""Pictures of a series of no given length."""
LARGEST = 3.0
"""How many times as large as the picture the expanded one may be."""


def picture_model(name: str) -> str:
    """`kling-v2-1` → `kling-image-v2-1`, so that pictures can be priced and led elsewhere than videos."""
    omni = name.endswith("-omni")
    return (
        name if omni else name.replace("kling-v", "kling-image-v", 1) if name.startswith("kling-v") else name
    )


def pictures_of(body: Pictures, *, words: bool = True) -> dict[str, Any]:
    return {
        "prompt": prompt_of(body.prompt, required=words),
        "aspect": shape_of(body.aspect_ratio),
    }


def size_of(resolution: str | None) -> str | None:
    return one_of((resolution or "").lower(), ("1k", "2k", "4k"), "resolution")


def decode_generation(call: Call) -> Spec:
    """Pictures from words, or from words and a picture. Raises `Trouble` in the client's words."""
    body: Generation = call.body
    one_of(body.image_reference, ("subject", "face"), "image_reference")
    if body.image_reference and not body.image:
        raise invalid("image_reference", "image_reference says what is taken of image: give image, too")
    if body.image and body.negative_prompt:
        raise invalid("negative_prompt", "negative_prompt cannot be used together with image")
    return spec_of(
        call,
        GENERATIONS,
        Kind.IMAGE,
        picture_model(model_of(body, "kling-v1")),
        inputs=((Role.REFERENCE, body.image),),
        extra=("image_reference", "image_fidelity", "human_fidelity", "element_list"),
        negative_prompt=prompt_of(body.negative_prompt, "negative_prompt"),
        resolution=size_of(body.resolution),
        count=body.n,
        **pictures_of(body),
    )


def decode_omni_image(call: Call) -> Spec:
    """Pictures from words that name pictures and elements. Raises `Trouble` in the client's words."""
    body: OmniImage = call.body
    kind = one_of(body.result_type, ("single", "series"), "result_type")
    if body.series_amount is not None and kind != "series":
        raise invalid("series_amount", 'series_amount is for result_type "series"; with single ones give n')
    return spec_of(
        call,
        OMNI,
        Kind.IMAGE,
        picture_model(model_of(body, "kling-image-o1")),
        inputs=[(Role.REFERENCE, item.image) for item in body.image_list or ()],
        extra=("element_list", "result_type"),
        resolution=size_of(body.resolution),
        count=(body.series_amount or SERIES) if kind == "series" else body.n,
        **pictures_of(body),
    )


def decode_multi_image(call: Call) -> Spec:
    """One picture of several subjects. Raises `Trouble` in the client's words."""
    body: MultiImage = call.body
    return spec_of(
        call,
        MULTI,
        Kind.IMAGE,
        picture_model(model_of(body, "kling-v2")),
        inputs=[(Role.REFERENCE, item.subject_image) for item in body.subject_image_list],
        extra=("scene_image", "style_image"),
        count=body.n,
        **pictures_of(body, words=False),
    )


def decode_expand(call: Call) -> Spec:
    """A picture that grows on its sides. Raises `Trouble` in the client's words."""
    body: Expand = call.body
    up, down, left, right = (getattr(body, side) for side in SIDES)
    if (1 + up + down) * (1 + left + right) > LARGEST:
        raise invalid(
            SIDES[0], f"{SIDES[0]} and the other three: the result may be {LARGEST:g} times as large at most"
        )
    if not body.image:
        raise invalid("image", "image is required: a URL or base64")
    return spec_of(
        call,
        EXPAND,
        Kind.IMAGE,
        model_of(body, "kling-expand"),
        inputs=((Role.REFERENCE, body.image),),
        extra=SIDES,
        action=Action.EDIT,
        prompt=prompt_of(body.prompt),
        count=body.n,
    )


def decode_try_on(call: Call) -> Spec:
    """A garment on a person. Raises `Trouble` in the client's words."""
    body: TryOn = call.body
    for field in ("human_image", "cloth_image"):
        if not getattr(body, field):
            raise invalid(field, f"{field} is required: a URL or base64")
    return spec_of(
        call,
        TRY_ON,
        Kind.IMAGE,
        model_of(body, "kolors-virtual-try-on-v1"),
        inputs=((Role.REFERENCE, body.human_image), (Role.REFERENCE, body.cloth_image)),
        action=Action.EDIT,
    )
