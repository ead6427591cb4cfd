"""The tools of Runway's developer API in our words, and its uploads.

| their word | ours |
|---|---|
| character, reference of a performance | first_frame, video |
| videoUri, imageUri | video, reference; the action is upscale, or edit for a rate and for HDR |
| targetFramerate, resolution | fps, resolution |
| all else | extras |

Source: PyPI `runwayml` 5.24.0, types.
"""

from __future__ import annotations

from framegate.core.dialect import Call, invalid
from framegate.core.task import Action, Input, Kind, Role, Spec
from framegate.dialects.runway.developer_requests import (
    ONE_VIDEO,
    TABLES,
    medium,
    resolution_of,
    shape_of,
    spec_of,
    typed,
)
from framegate.dialects.runway.developer_shapes import (
    CharacterPerformance,
    ImageUpscale,
    NewUpload,
    VideoToHdr,
    VideoUpscale,
)

LARGER = "2k"
"""What a video is enlarged to where nothing is said."""


def decode_character_performance(call: Call) -> Spec:
    body: CharacterPerformance = call.body
    if body.character is None or body.reference is None:
        missing = "character.uri" if body.character is None else "reference.uri"
        raise invalid(missing, f"{missing} is required")
    if body.character.type == "video":
        raise invalid("character.type", f"character.type must be image: {ONE_VIDEO}, the reference")
    typed(body.character, ("image",), "character.type")
    typed(body.reference, ("video",), "reference.type")
    shape = shape_of(body.ratio, listed=body.model in TABLES["character_performance"])
    found = [
        medium(Role.FIRST_FRAME, body.character.uri, "character.uri"),
        medium(Role.VIDEO, body.reference.uri, "reference.uri"),
    ]
    return spec_of(call, "character_performance", Kind.VIDEO, found, size=shape.size, aspect=shape.aspect)


def decode_video_upscale(call: Call) -> Spec:
    body: VideoUpscale = call.body
    rate = body.target_framerate
    if rate is not None and not (rate.isascii() and rate.isdigit() and 0 < int(rate[:4]) <= 1000):
        raise invalid(
            "targetFramerate", "targetFramerate must be a whole number as a text here, such as 24 or 60"
        )
    return spec_of(
        call,
        "video_upscale",
        Kind.VIDEO,
        source_of(body.video_uri, Role.VIDEO, "videoUri"),
        action=Action.EDIT if rate else Action.UPSCALE,
        fps=int(rate) if rate else None,
        resolution=resolution_of(body.resolution) or (None if rate else LARGER),
    )


def decode_video_to_hdr(call: Call) -> Spec:
    body: VideoToHdr = call.body
    found = source_of(body.video_uri, Role.VIDEO, "videoUri")
    return spec_of(call, "video_to_hdr", Kind.VIDEO, found, action=Action.EDIT)


def decode_image_upscale(call: Call) -> Spec:
    body: ImageUpscale = call.body
    found = source_of(body.image_uri, Role.REFERENCE, "imageUri")
    return spec_of(call, "image_upscale", Kind.IMAGE, found, action=Action.UPSCALE)


def source_of(uri: str | None, role: Role, field: str) -> list[Input]:
    if uri is None:
        raise invalid(field, f"{field} is required")
    return [medium(role, uri, field)]


def decode_upload(call: Call) -> str:
    body: NewUpload = call.body
    if body.type != "ephemeral":
        raise invalid("type", "type must be ephemeral")
    return body.filename
