"""A request to `/luma/v1/generations` in our words.

| their word | ours | source |
|---|---|---|
| user_prompt | prompt | the page of 2024-10-20 |
| image_url, image_end_url | first_frame, last_frame | resellers, 2024 |
| the `{id}` of extend | parent: extend | resellers, 2024 |
| model_name ray-v1, ray-v2 | ray-1-6, ray-2 | resellers, 2025 |
| expand_prompt | nothing: whether a prompt is rewritten is the model's business | the page of 2024-10-20 |
"""

from __future__ import annotations

from framegate.core.checks import check_id, check_known, check_model, check_prompt
from framegate.core.dialect import Call, Filter, invalid
from framegate.core.task import Action, Input, Kind, Role, Spec
from framegate.dialects.luma.web_shapes import Asked, NewGeneration
from framegate.dialects.luma.words import MODEL, aspect_of, link_of, resolution_of, seconds_of, whole

MODELS = {"ray-v1": "ray-1-6", "ray-v2": "ray-2"}
MANY = 100


def decode(call: Call) -> Spec:
    """The spec of a create request. Raises `Trouble` in the client's words."""
    body: NewGeneration = call.body
    if not (body.user_prompt or "").strip() and not body.image_url and not body.image_end_url:
        raise invalid("user_prompt", "user_prompt is required: say what to make, or give an image_url")
    return spec_of(call, Action.GENERATE)


def decode_extend(call: Call) -> Spec:
    """The spec of what goes on from the end of a finished generation."""
    if call.body.image_url:
        message = "image_url has no place here: the video to extend is the beginning. Give image_end_url"
        raise invalid("image_url", f"{message} for the last frame")
    return spec_of(call, Action.EXTEND, parent=check_id(call.path["id"], "id"))


def spec_of(call: Call, action: Action, parent: str | None = None) -> Spec:
    body: NewGeneration = call.body
    check_known(call.raw, body.__struct_encode_fields__)
    if body.loop and body.image_end_url:
        raise invalid("loop", "loop has no last frame of its own: leave out image_end_url, or loop")
    name = check_model(body.model_name, "model_name") if body.model_name else ""
    given = ((Role.FIRST_FRAME, body.image_url), (Role.LAST_FRAME, body.image_end_url))
    return Spec(
        kind=Kind.VIDEO,
        model=MODELS.get(name, name) or ("" if parent else MODEL),
        action=action,
        prompt=check_prompt(body.user_prompt or "", "user_prompt"),
        seconds=seconds_of(body.duration),
        aspect=aspect_of(body.aspect_ratio),
        resolution=resolution_of(body.resolution),
        loop=body.loop,
        inputs=tuple(Input(role, url) for role, url in given if url),
        parent=parent,
        callback_url=link_of(body.notify_hook, "notify_hook"),
        vendor="luma",
        memo={"model_name": name} if name else {},
    )


def decode_ids(call: Call) -> Filter:
    """The generations that are asked for by their ids."""
    body: Asked = call.body
    check_known(call.raw, body.__struct_encode_fields__)
    if len(body.ids) > MANY:
        raise invalid("ids", f"ids may hold at most {MANY} ids; it holds {len(body.ids)}")
    return Filter(ids=tuple(check_id(name, f"ids[{place}]") for place, name in enumerate(body.ids)))


def decode_page(call: Call) -> Filter:
    """`?limit=10&offset=0`: newest first."""
    return Filter(
        limit=whole(call.query.get("limit"), "limit", 100, 10, least=1),
        offset=whole(call.query.get("offset"), "offset", 1_000_000, 0),
    )
