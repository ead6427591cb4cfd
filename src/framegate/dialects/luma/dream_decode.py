"""A request to the Dream Machine in our words.

| their word | ours |
|---|---|
| keyframes: an image as frame0, frame1 | first_frame, last_frame |
| keyframes: a generation as frame0 | parent: extend |
| keyframes: a generation as frame1 | sequel: extend (lead up to it, from the parent, a picture or words) |
| concepts | camera: the last one; those before it, and unknown ones, are extras |
| image_ref, style_ref, character_ref, modify_image_ref | references in this order; extras hold what goes with them |
| modify | edit of a video; `mode` is an extra |
| reframe | edit; `generation_type` and the places are extras |
| upscale | upscale of the parent |
| audio | edit of the parent; `generation_type` and `negative_prompt` are extras |

Sources: PyPI `lumaai` 1.21.0, types; docs.lumalabs.ai, keyframes, concepts, errors.
"""

from __future__ import annotations

from typing import Any

from framegate.core.checks import check_id
from framegate.core.dialect import Call, Filter, invalid
from framegate.core.task import Action, Kind, Role, Spec
from framegate.dialects.luma.dream_lists import CONCEPTS
from framegate.dialects.luma.dream_requests import Found, kept, model_of, one_of, prompt_of, spec_of
from framegate.dialects.luma.dream_shapes import (
    AddAudio,
    GenerationFrame,
    ImageFrame,
    Keyframes,
    Modify,
    NewVideo,
    Reframe,
    ReframeImage,
    ReframeVideo,
    Upscale,
)
from framegate.dialects.luma.words import MODEL, aspect_of, resolution_of, seconds_of, whole

MODES = tuple(f"{word}_{level}" for word in ("adhere", "flex", "reimagine") for level in (1, 2, 3))
PLACES = (
    *("grid_position_x", "grid_position_y", "x_start", "x_end", "y_start", "y_end"),
    *("resized_width", "resized_height"),
)
FORMATS = ("jpg", "png")
LARGER = "1080p"
"""What an upscale makes where nothing is said."""


def decode_video(call: Call) -> Spec:
    """The spec of a new video. Raises `Trouble` in the client's words."""
    body: NewVideo = call.body
    frames = body.keyframes or Keyframes()
    parent, sequel = (
        check_id(frame.id, f"keyframes.{name}.id") if isinstance(frame, GenerationFrame) else None
        for name, frame in (("frame0", frames.frame0), ("frame1", frames.frame1))
    )
    media = [
        Found(role, frame.url, ("keyframes", name, "url"))
        for role, name, frame in (
            (Role.FIRST_FRAME, "frame0", frames.frame0),
            (Role.LAST_FRAME, "frame1", frames.frame1),
        )
        if isinstance(frame, ImageFrame)
    ]
    if not (body.prompt or "").strip() and not media and not (parent or sequel):
        raise invalid("prompt", "prompt is required: say what to make, or give keyframes")
    if body.loop and frames.frame1:
        raise invalid("loop", "loop has no last frame of its own: leave out keyframes.frame1, or loop")
    camera, concepts = moves_of(body)
    return spec_of(
        call,
        Kind.VIDEO,
        "video",
        media=media,
        extra={"concepts": concepts} if concepts else {},
        model=model_of(body.model, "" if parent or sequel else MODEL),
        action=Action.EXTEND if parent or sequel else Action.GENERATE,
        prompt=prompt_of(body.prompt),
        seconds=seconds_of(body.duration),
        aspect=aspect_of(body.aspect_ratio),
        resolution=resolution_of(body.resolution),
        loop=body.loop,
        camera=camera,
        parent=parent,
        sequel=sequel,
    )


def moves_of(body: NewVideo) -> tuple[str | None, list[dict[str, str]]]:
    """The camera's move in words, and the concepts that only Luma has."""
    keys = [concept.key for concept in body.concepts or []]
    if keys and keys[-1] in CONCEPTS:
        return keys[-1].replace("_", " "), [{"key": key} for key in keys[:-1]]
    return None, [{"key": key} for key in keys]


def decode_modify(call: Call) -> Spec:
    body: Modify = call.body
    one_of(body.mode, MODES, "mode")
    media = [Found(Role.VIDEO, body.media.url, ("media", "url"))]
    if body.first_frame:
        media.append(Found(Role.FIRST_FRAME, body.first_frame.url, ("first_frame", "url")))
    return spec_of(
        call,
        Kind.VIDEO,
        "modify_video",
        media=media,
        extra={"mode": body.mode},
        model=model_of(body.model, MODEL),
        action=Action.EDIT,
        prompt=prompt_of(body.prompt),
    )


def decode_reframe_video(call: Call) -> Spec:
    body: ReframeVideo = call.body
    media = [Found(Role.VIDEO, body.media.url, ("media", "url"))]
    if body.first_frame:
        media.append(Found(Role.FIRST_FRAME, body.first_frame.url, ("first_frame", "url")))
    return reframed(call, Kind.VIDEO, "reframe_video", media, {}, body.model)


def decode_reframe_image(call: Call) -> Spec:
    body: ReframeImage = call.body
    media = [Found(Role.REFERENCE, body.media.url, ("media", "url"))]
    one_of(body.format, FORMATS, "format")
    return reframed(call, Kind.IMAGE, "reframe_image", media, kept(body, ("format",)), body.model)


def reframed(  # noqa: PLR0913 - what differs between a video and a picture
    call: Call, kind: Kind, way: str, media: list[Found], extra: dict[str, Any], model: str
) -> Spec:
    body: Reframe = call.body
    return spec_of(
        call,
        kind,
        way,
        media=media,
        extra={"generation_type": way, **extra, **kept(body, PLACES)},
        model=model_of(model, MODEL),
        action=Action.EDIT,
        prompt=prompt_of(body.prompt),
        aspect=aspect_of(body.aspect_ratio),
    )


def decode_upscale(call: Call) -> Spec:
    body: Upscale = call.body
    return spec_of(
        call,
        Kind.VIDEO,
        "upscale_video",
        model="",
        action=Action.UPSCALE,
        parent=check_id(call.path["id"], "id"),
        resolution=resolution_of(body.resolution) or LARGER,
    )


def decode_audio(call: Call) -> Spec:
    """Sound is in Luma's own words alone: no other vendor's provider has any for it yet."""
    body: AddAudio = call.body
    prompt_of(body.negative_prompt, "negative_prompt")
    return spec_of(
        call,
        Kind.VIDEO,
        "add_audio",
        extra={"generation_type": "add_audio", **kept(body, ("negative_prompt",))},
        model="",
        action=Action.EDIT,
        prompt=prompt_of(body.prompt),
        parent=check_id(call.path["id"], "id"),
    )


def decode_page(call: Call) -> Filter:
    """`?limit=100&offset=0`: newest first."""
    return Filter(
        limit=whole(call.query.get("limit"), "limit", 100, 100, least=1),
        offset=whole(call.query.get("offset"), "offset", 1_000_000, 0),
    )
