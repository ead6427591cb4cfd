"""An order in the Dream Machine's words: the fields of each endpoint.

Duration and resolution are always said, for no source names the defaults, and what is priced must be what is made.
Sources: PyPI `lumaai` 1.21.0 `types/`; docs.lumalabs.ai, keyframes, reframe, modify video.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote

from framegate.core.task import Action, Order, Parent, Role
from framegate.core.wire import Json, Record, Request, post, present
from framegate.providers.luma.dream_offers import PLACES
from framegate.providers.luma.dream_ways import resolution, seconds_of, way_of

ROOT = "/dream-machine/v1"
PATHS = {
    "video": "/generations/video",
    "modify_video": "/generations/video/modify",
    "reframe_video": "/generations/video/reframe",
    "image": "/generations/image",
    "reframe_image": "/generations/image/reframe",
}
FRAMED = ("format", *PLACES)
EXTRAS: dict[str, tuple[str, ...]] = {
    "video": (),
    "modify_video": ("mode",),
    "reframe_video": PLACES,
    "image": ("format",),
    "reframe_image": FRAMED,
    "upscale_video": (),
    "add_audio": ("negative_prompt",),
}
"""Luma's own fields that each way takes as they are."""
OURS = frozenset(
    (
        "model",
        "prompt",
        "aspect_ratio",
        "duration",
        "resolution",
        "loop",
        "keyframes",
        "callback_url",
        "generation_type",
        "media",
        "first_frame",
        "sync",
        "sync_timeout",
        "concepts",
        "image_ref",
        "style_ref",
        "character_ref",
        "modify_image_ref",
        "mode",
        "negative_prompt",
        *FRAMED,
    )
)
"""Fields that are set here or nowhere: else an extra could buy more than was paid for."""
MOVES = (
    "truck_left truck_right pan_left pan_right pedestal_up pedestal_down tilt_up tilt_down roll_left roll_right "
    "zoom_in zoom_out push_in pull_out dolly_zoom orbit_left orbit_right crane_up crane_down aerial aerial_drone "
    "low_angle high_angle eye_level ground_level over_the_shoulder pov selfie handheld static bolt_cam overhead "
    "elevator_doors tiny_planet"
)
CONCEPTS = frozenset(MOVES.split())
"""Camera moves that have a key; all others are words in the prompt, which Luma reads, too."""


def encode_submit(order: Order) -> Request:
    spec, way = order.spec, way_of(order)
    path = PATHS.get(way)
    if path is None:
        whole = quote(id_of(order.parent), safe="")
        path = f"/generations/{whole}/{'upscale' if way == 'upscale_video' else 'audio'}"
    extra = {k: v for k, v in spec.extra.items() if k not in OURS or k in EXTRAS[way]}
    body = {**extra, **FIELDS[way](order), "callback_url": order.callback_url}
    return post(ROOT + path, present(cast("dict[str, Json]", body)))


def id_of(task: Parent | None) -> str:
    """Raises `ValueError` when the task to continue never got a name at Luma."""
    found = task.handle.get("id", "") if task else ""
    if not found:
        raise ValueError("the task to continue is not known to Luma")
    return found


def video(order: Order) -> dict[str, Any]:
    spec = order.spec
    key = concept(spec.camera)
    listed = spec.extra.get("concepts")
    concepts = [
        *(cast("list[Any]", listed) if isinstance(listed, list) else []),
        *([{"key": key}] if key else []),
    ]
    words = f"{spec.prompt.rstrip(' .')}. Camera: {spec.camera}." if spec.camera and not key else spec.prompt
    return {
        "model": order.model,
        "prompt": words or None,
        "aspect_ratio": spec.aspect,
        "duration": f"{seconds_of(order)}s",
        "resolution": resolution(order),
        "loop": spec.loop,
        "keyframes": keyframes(order) or None,
        "concepts": concepts or None,
    }


def concept(camera: str | None) -> str | None:
    """The key of a camera move: "Zoom in" and "camera zoom-in" are both `zoom_in`."""
    key = re.sub(r"[\s_-]+", "_", (camera or "").strip().lower()).removeprefix("camera_")
    return key if key in CONCEPTS else None


def keyframes(order: Order) -> dict[str, Json]:
    """Pictures stand where they are asked for; a parent comes before, or after a first picture, and a sequel after."""
    first, last = order.first(Role.FIRST_FRAME), order.first(Role.LAST_FRAME)
    frames: dict[str, Json] = {}
    if first:
        frames["frame0"] = {"type": "image", "url": first.url}
    if last:
        frames["frame1"] = {"type": "image", "url": last.url}
    if order.parent:
        frames["frame1" if first else "frame0"] = {"type": "generation", "id": id_of(order.parent)}
    if order.sequel:
        frames["frame1"] = {"type": "generation", "id": id_of(order.sequel)}
    return frames


def over_video(order: Order) -> dict[str, Any]:
    """Restyle a video, or give it another shape."""
    spec, way = order.spec, way_of(order)
    first, source = order.first(Role.FIRST_FRAME), order.first(Role.VIDEO)
    return {
        "generation_type": way,
        "model": order.model,
        "prompt": spec.prompt or None,
        "media": {"url": source.url} if source else None,
        "first_frame": {"url": first.url} if first else None,
        **(
            {"mode": spec.extra.get("mode", "flex_1")}
            if way == "modify_video"
            else {"aspect_ratio": spec.aspect or "16:9"}
        ),
    }


def image(order: Order) -> dict[str, Any]:
    return {
        "model": order.model,
        "prompt": order.spec.prompt or None,
        "aspect_ratio": order.spec.aspect,
        **references(order),
    }


def references(order: Order) -> dict[str, Any]:
    """Our pictures in the places that Luma's own words give them, in order; then as plain references.

    The extras `image_ref`, `style_ref`, `character_ref` and `modify_image_ref` may hold the weights and identities that
    go with pictures: their URLs are replaced by ours while ours last. An edit without a word changes the first picture.
    """
    extra, urls = order.spec.extra, iter([m.url for m in order.all(Role.REFERENCE)])
    placed: dict[str, Any] = {
        name: [weighed(item, urls) for item in extra[name]]
        for name in ("image_ref", "style_ref")
        if isinstance(extra.get(name), list)
    }
    if "character_ref" in extra:
        placed["character_ref"] = {
            name: {"images": [next(urls, picture.value) for picture in who.at("images").items()]}
            for name, who in Record(extra["character_ref"]).fields()
        }
    if "modify_image_ref" in extra:
        placed["modify_image_ref"] = weighed(extra["modify_image_ref"], urls)
    elif order.spec.action is Action.EDIT and (url := next(urls, None)):
        placed["modify_image_ref"] = {"url": url}
    more = [*placed.get("image_ref", []), *({"url": url} for url in urls)]
    return {**placed, "image_ref": more or None}


def weighed(item: object, urls: Iterator[str]) -> dict[str, Any]:
    said = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
    return {**said, "url": next(urls, said.get("url"))}


def reframe_image(order: Order) -> dict[str, Any]:
    source = order.first(Role.REFERENCE)
    return {
        "generation_type": "reframe_image",
        "model": order.model,
        "prompt": order.spec.prompt or None,
        "media": {"url": source.url} if source else None,
        "aspect_ratio": order.spec.aspect or "16:9",
    }


def upscale(order: Order) -> dict[str, Any]:
    return {"generation_type": "upscale_video", "resolution": resolution(order, "1080p")}


def audio(order: Order) -> dict[str, Any]:
    return {"generation_type": "add_audio", "prompt": order.spec.prompt or None}


FIELDS: Mapping[str, Callable[[Order], dict[str, Any]]] = {
    "video": video,
    "modify_video": over_video,
    "reframe_video": over_video,
    "image": image,
    "reframe_image": reframe_image,
    "upscale_video": upscale,
    "add_audio": audio,
}
