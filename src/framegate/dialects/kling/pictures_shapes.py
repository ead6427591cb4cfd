"""The JSON of Kling's picture paths, `/v1/images/...`, as a client sends it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from framegate.dialects.kling.requests import Aspect, Negative, Picture, Prompt, Request
from framegate.dialects.kling.video_shapes import Element

Count = Annotated[int, Meta(ge=1, le=9, description="How many pictures, 1 to 9")]
Resolution = Annotated[str, Meta(description="1k, 2k or 4k, as the model has it")]
Share = Annotated[float, Meta(ge=0, le=1)]
Ratio = Annotated[float, Meta(ge=0, le=2, description="Share of the side that is added")]
Link = Annotated[str, Meta(max_length=65_536, description="A URL, or base64 of a small picture")]


class Pictures(Request, kw_only=True):
    """What all have."""

    prompt: Prompt | None = None
    n: Count = 1
    aspect_ratio: Aspect | None = None


class Generation(Pictures, kw_only=True):
    """`prompt` is required; `image` is what the pictures are to be like."""

    negative_prompt: Negative | None = None
    image: Picture | None = None
    image_reference: Annotated[str, Meta(description="subject or face")] | None = None
    image_fidelity: Share | None = None
    human_fidelity: Share | None = None
    element_list: Annotated[list[Element], Meta(max_length=10)] | None = None
    resolution: Resolution | None = None


class OmniPicture(Struct, forbid_unknown_fields=True):
    """`<<<image_1>>>` in the prompt is the first of them."""

    image: Picture


class OmniImage(Pictures, kw_only=True):
    """`prompt` is required."""

    image_list: Annotated[list[OmniPicture], Meta(max_length=10)] | None = None
    element_list: Annotated[list[Element], Meta(max_length=10)] | None = None
    resolution: Resolution | None = None
    result_type: Annotated[str, Meta(description="single or series")] | None = None
    series_amount: Annotated[int, Meta(ge=2, le=9, description="Pictures of a series")] | None = None


class Subject(Struct, forbid_unknown_fields=True):
    """One of the subjects that are put into one picture."""

    subject_image: Picture


class MultiImage(Pictures, kw_only=True):
    """`subject_image_list` is required."""

    subject_image_list: Annotated[list[Subject], Meta(min_length=1, max_length=4)]
    scene_image: Link | None = None
    style_image: Link | None = None


class Expand(Request, kw_only=True):
    """A picture and how far it is to grow on each side."""

    image: Picture
    up_expansion_ratio: Ratio
    down_expansion_ratio: Ratio
    left_expansion_ratio: Ratio
    right_expansion_ratio: Ratio
    prompt: Prompt | None = None
    n: Count = 1


class TryOn(Request, kw_only=True):
    """A person and a garment."""

    human_image: Picture
    cloth_image: Picture
