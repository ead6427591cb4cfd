"""A video order in OpenAI's words: which path, which form fields, and what is about to be bought.

Field names: openai/openai-openapi f85dbe2; `negative_prompt`, `seed`, `fps`, `guidance_scale`, `generate_sound` and the
extras: vLLM-Omni docs/serving/videos_api.md, of which SGLang Diffusion has most.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from framegate.core.frame import parse_pair, pixels, resolution_of
from framegate.core.money import Facts
from framegate.core.provider import Offer, choose, millionths
from framegate.core.task import Action, Kind, Order, Role, Spec
from framegate.core.wire import Json, Part, Request, post, present

FOLLOW_UPS = {
    Action.VARY: "/v1/videos/{id}/remix",
    Action.EDIT: "/v1/videos/edits",
    Action.EXTEND: "/v1/videos/extensions",
}
"""What continues a task that the same server made."""
SECONDS = 4.0
"""The format's own default."""
EXTRAS = (
    *(
        "num_inference_steps",
        "guidance_scale_2",
        "true_cfg_scale",
        "flow_shift",
        "boundary_ratio",
        "sound_duration",
    ),
    *(
        "enable_frame_interpolation",
        "frame_interpolation_exp",
        "frame_interpolation_scale",
        "enable_teacache",
    ),
)
"""The servers' own fields that cannot buy more. `num_frames`, `width` and `height` could; `extra_params` and
`extra_body` could hold those; `output_path`, `lora` and model paths would reach into the server's disk."""


FIRST = (Role.FIRST_FRAME,)
CAST = (Role.CHARACTER,)


def sora(model: str, sizes: str) -> list[Offer]:
    """From words, which may continue a video, with characters, and from a first frame."""
    columns: dict[str, Any] = {
        "model": model,
        "kind": Kind.VIDEO,
        "seconds": (4.0, 8.0, 12.0, 16.0, 20.0),
        "sizes": tuple(sizes.split()),
        "prompt_limit": 32_000,
    }
    return [
        Offer(**columns, continues=tuple(FOLLOW_UPS)),
        Offer(**columns, roles=CAST, needs=CAST),
        Offer(**columns, roles=(*FIRST, *CAST), needs=FIRST),
    ]


OTHERS: dict[str, Any] = {
    "model": "*",
    "kind": Kind.VIDEO,
    "expresses": ("negative_prompt", "seed", "fps", "guidance", "audio"),
    "extras": EXTRAS,
}
OFFERS: tuple[Offer, ...] = (
    *sora("sora-2", "720x1280 1280x720"),
    *sora("sora-2-pro", "720x1280 1280x720 1024x1792 1792x1024 1080x1920 1920x1080"),
    Offer(**OTHERS, continues=tuple(FOLLOW_UPS)),
    Offer(**OTHERS, roles=FIRST, needs=FIRST),
    Offer(**OTHERS, roles=(Role.VIDEO,), needs=(Role.VIDEO,)),
)


def encode_submit(order: Order) -> Request:
    spec = order.spec
    if order.parent and spec.action in FOLLOW_UPS:
        return follow_up(order, order.parent.handle["id"])
    fields: dict[str, Json] = {
        **{name: value for name, value in spec.extra.items() if name in EXTRAS},
        "prompt": spec.prompt,
        "model": order.model,
        "seconds": str(length(order)),
        "size": size_of(order),
        **beyond(spec),
    }
    parts = [Part(name, text(value)) for name, value in fields.items() if value is not None]
    given = order.first(Role.FIRST_FRAME) or order.first(Role.VIDEO)
    if given:
        ending = given.blob.media_type.partition("/")[2] or "bin"
        parts.append(Part("input_reference", given.blob, f"input.{ending}", given.blob.media_type))
    parts += [Part("characters[][id]", item.url) for item in order.all(Role.CHARACTER)]
    return Request(method="POST", url="/v1/videos", parts=tuple(parts))


def beyond(spec: Spec) -> dict[str, Json]:
    """What the servers that people run themselves take beyond OpenAI's own fields."""
    return {
        "negative_prompt": spec.negative_prompt or None,
        "seed": spec.seed,
        "fps": spec.fps,
        "guidance_scale": spec.guidance,
        "generate_sound": spec.audio,
    }


def follow_up(order: Order, parent: str) -> Request:
    """A request that continues the server's video `parent`. A remix names it in the path, the others in the body."""
    action = order.spec.action
    body: dict[str, Json] = {**present(beyond(order.spec)), "prompt": order.spec.prompt}
    body |= {name: value for name, value in order.spec.extra.items() if name in EXTRAS}
    if action is not Action.VARY:
        body["video"] = {"id": parent}
    if action is Action.EXTEND:
        body["seconds"] = str(length(order))
    return post(FOLLOW_UPS[action].format(id=quote(parent, safe="")), body)


def text(value: Json) -> str:
    """A value as a form field: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def length(order: Order) -> int:
    """Whole seconds; a video that continues another and does not say is as long as that one."""
    inherited = order.parent.spec.seconds if order.parent else None
    return max(1, int((order.spec.seconds or inherited or SECONDS) + 0.5))


def size_of(order: Order) -> str | None:
    """The size in pixels; None: the server's own."""
    spec = order.spec
    if spec.size:
        return spec.size
    if spec.aspect or spec.resolution:
        wide, high = pixels(None, spec.aspect, spec.resolution)
        return f"{wide}x{high}"
    found = choose(OFFERS, order.model, Kind.VIDEO)
    return found.sizes[0] if found and found.sizes else None


def facts(order: Order) -> Facts:
    """Seconds of output, with the size; sound is on unless it is declined."""
    size = size_of(order) or "1280x720"
    dimensions = {
        "resolution": resolution_of(*(parse_pair(size) or (1280, 720))),
        "size": size,
        "audio": "off" if order.spec.audio is False else "on",
    }
    return Facts({"second": millionths(length(order))}, dimensions)
