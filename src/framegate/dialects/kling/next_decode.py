"""A request to Kling's newer API in our words.

| their word | ours | source |
|---|---|---|
| the model in the path | model | pages of 2.6, 3.0, 3.0 Omni, 2026-05 to 2026-08 |
| prompt, contents: prompt | prompt | the same pages |
| contents: first_frame, last_frame, refer_image | first_frame, last_frame, reference, in their order | the same pages |
| contents: feature_video, base_video | video; `base_video` is an edit | the page of 3.0 Omni |
| contents: element | as it is, for Kling itself | the same pages |
| settings.audio | audio; `original` as it is, for Kling itself | the same pages |
| settings.multi_shot | as it is, for Kling itself | the same pages |
| GET /tasks: task_ids, external_task_ids | ids of tasks, in that order | the page of queries |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec

from framegate.core.checks import (
    check_aspect,
    check_id,
    check_known,
    check_link,
    check_model,
    check_note,
    check_prompt,
    check_resolution,
    check_seconds,
)
from framegate.core.dialect import Call, Filter, invalid
from framegate.core.task import Action, Input, Kind, Role, Spec, State
from framegate.dialects.kling.next_shapes import (
    Content,
    ImageToVideo,
    OmniVideo,
    Options,
    Search,
    Settings,
    TextToVideo,
)
from framegate.dialects.kling.requests import one_of, prompt_of

TEXT = "text-to-video"
IMAGE = "image-to-video"
OMNI = "omni-video"
FRAMES = {"first_frame": Role.FIRST_FRAME, "last_frame": Role.LAST_FRAME}
CLIPS = ("feature_video", "base_video")
MEDIA = {**FRAMES, "refer_image": Role.REFERENCE, **dict.fromkeys(CLIPS, Role.VIDEO)}
TYPES = {IMAGE: ("prompt", *FRAMES, "element"), OMNI: ("prompt", *FRAMES, "element", "refer_image", *CLIPS)}
ONCE = ("prompt", *FRAMES, *CLIPS)
MOST_IDS = 500
QUERY = {
    "task_ids": "Ids of tasks, with commas between them",
    "external_task_ids": "Your own ids of tasks, with commas between them; not together with task_ids",
}


def decode_text(call: Call) -> Spec:
    """A video from words. Raises `Trouble` in the client's words."""
    body: TextToVideo = call.body
    return spec_of(call, TEXT, body.settings, body.options, prompt=prompt_of(body.prompt, required=True))


def decode_image(call: Call) -> Spec:
    """A video from a first frame. Raises `Trouble` in the client's words."""
    body: ImageToVideo = call.body
    found = contents_of(body.contents, IMAGE)
    if not any(item.role is Role.FIRST_FRAME for item in found["inputs"]):
        raise invalid("contents", 'contents must hold {"type": "first_frame", "url": …}')
    return spec_of(call, IMAGE, body.settings, body.options, **found)


def decode_omni(call: Call) -> Spec:
    """A video from words, pictures, elements and a video. Raises `Trouble` in the client's words."""
    body: OmniVideo = call.body
    found = contents_of(body.contents, OMNI)
    if not found["prompt"].strip():
        raise invalid("contents", 'contents must hold {"type": "prompt", "text": …}')
    given = {item.role for item in found["inputs"]}
    if Role.LAST_FRAME in given and Role.FIRST_FRAME not in given:
        raise invalid("contents", "contents may hold a last_frame only beside a first_frame")
    return spec_of(call, OMNI, body.settings, body.options, **found)


def contents_of(contents: Iterable[Content], family: str) -> dict[str, Any]:
    """Words, media and elements; media keep their order, for the prompt may count them."""
    found: dict[str, Any] = {"prompt": "", "action": Action.GENERATE, "own": {}}
    media: list[Input] = []
    elements: list[dict[str, Any]] = []
    seen: list[str] = []
    for place, item in enumerate(contents):
        at = f"contents[{place}]"
        kind = one_of(item.type or "(none)", TYPES[family], f"{at}.type") or ""
        rivals = CLIPS if kind in CLIPS else (kind,) if kind in ONCE else ()
        if set(rivals) & set(seen):
            raise invalid(f"{at}.type", f"{at}.type: contents may hold one {' or '.join(rivals)}")
        seen.append(kind)
        if kind == "prompt":
            found["prompt"] = check_prompt(needed(item.text, f"{at}.text"), f"{at}.text")
        elif kind == "element":
            named = {"type": kind, "element_id": needed(item.element_id, f"{at}.element_id"), "id": item.id}
            elements.append({key: value for key, value in named.items() if value is not None})
        else:
            media.append(Input(MEDIA[kind], needed(item.url, f"{at}.url")))
    if "base_video" in seen:
        found["action"] = Action.EDIT
    return {**found, "inputs": tuple(media), "own": {"contents": elements} if elements else {}}


def needed(value: Any, field: str) -> Any:  # noqa: ANN401 - as it came
    if value is None or value == "":
        raise invalid(field, f"{field} is required")
    return value


def spec_of(
    call: Call,
    family: str,
    settings: Settings | None,
    options: Options | None,
    *,
    own: Mapping[str, Any] | None = None,
    **fields: Any,  # noqa: ANN401 - of Spec
) -> Spec:
    raw = cast("Mapping[str, Any]", call.raw)
    check_known(raw, cast("msgspec.Struct", call.body).__struct_encode_fields__)
    settings, options = settings or Settings(), options or Options()
    sound = one_of(settings.audio, ("native", "off", "original"), "settings.audio")
    extra: dict[str, Any] = dict(own or {})
    if settings.multi_shot is not None:
        extra["multi_shot"] = settings.multi_shot
    if sound == "original":
        extra["audio"] = sound
    check_note(extra, "contents")
    clip = any(item.role is Role.VIDEO for item in fields.get("inputs", ()))
    if sound == "original" and not clip:
        raise invalid("settings.audio", "settings.audio may be original only with a video in contents")
    default = None if fields.get("action") is Action.EDIT else 5.0
    seconds = check_seconds(settings.duration, "settings.duration")
    size, hook, name = settings.resolution, options.callback_url, options.external_task_id
    return Spec(
        kind=Kind.VIDEO,
        model=check_model(call.path.get("model", ""), "model"),
        seconds=default if seconds is None else float(seconds),
        aspect=check_aspect(settings.aspect_ratio, "settings.aspect_ratio")
        if settings.aspect_ratio
        else None,
        resolution=check_resolution(size, "settings.resolution") if size else None,
        audio=None if sound in {None, "original"} else sound == "native",
        watermark=options.watermark_info.enabled if options.watermark_info else None,
        callback_url=check_link(hook, "options.callback_url") if hook else None,
        external_id=check_id(name, "options.external_task_id") if name else "",
        family=family,
        vendor="kling",
        extra=extra,
        **fields,
    )


def decode_query(call: Call) -> Filter:
    """Tasks by their ids, or by the client's own. Raises `Trouble` unless exactly one of the two is given."""
    check_known(call.query, QUERY)
    given = [(name, call.query[name]) for name in QUERY if call.query.get(name)]
    if len(given) != 1:
        raise invalid(
            "task_ids", "give task_ids or external_task_ids: one of them, with commas between the ids"
        )
    name, text = given[0]
    ids = tuple(dict.fromkeys(check_id(part.strip(), name) for part in text.split(",")))
    if len(ids) > MOST_IDS:
        raise invalid(name, f"{name} may hold at most {MOST_IDS} ids; it holds {len(ids)}")
    return Filter(ids=ids)


def decode_search(call: Call) -> Filter:
    """A page of tasks, newest first. Raises `Trouble` for conditions that cannot be searched by."""
    body: Search = call.body
    check_known(cast("Mapping[str, Any]", call.raw), Search.__struct_encode_fields__)
    for field in ("start_time", "end_time"):
        if getattr(body, field) is not None:
            raise invalid(
                field, f"{field}: tasks cannot be searched by time here; leave it out and follow next_cursor"
            )
    state, family = None, ""
    for place, condition in enumerate(body.filters or ()):
        at = f"filters[{place}]"
        words = ("succeeded",) if condition.key == "status" else (TEXT, IMAGE, OMNI)
        one_of(condition.key or "(none)", ("status", "product_type"), f"{at}.key")
        if len(condition.values) != 1:
            raise invalid(f"{at}.values", f"{at}.values must hold one word: {', '.join(words)}")
        word = one_of(condition.values[0] or "(none)", words, f"{at}.values") or ""
        state, family = (State.SUCCEEDED, family) if condition.key == "status" else (state, word)
    cursor = check_id(body.cursor, "cursor") if body.cursor else None
    return Filter(limit=body.limit, after=cursor, family=family, state=state)
