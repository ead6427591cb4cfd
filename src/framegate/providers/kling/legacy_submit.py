"""An order in the words of Kling's older API: the fields of each path.

A camera move is Kling's own `camera_control` if that came along, else words in the prompt. Source: the parameter tables
of the legacy pages of kling.ai/document-api, read 2026-02; `kling-v3` fields 2026-07.
"""

from __future__ import annotations

from typing import cast

from framegate.core.task import Action, Kind, Order, Role
from framegate.core.wire import Embed, Json, Request, post, present
from framegate.providers.kling.envelope import picture
from framegate.providers.kling.legacy_heard import (
    HEARD_FIELDS,
    SOUND_LIMIT,
    TEXT_TO_AUDIO,
    TTS,
    VIDEO_TO_AUDIO,
)
from framegate.providers.kling.legacy_paths import (
    AVATAR,
    MOTION,
    OWN_PATHS,
    mode_of,
    own_name,
    path_of,
    whole,
)

OURS = frozenset(
    [
        "model_name",
        "prompt",
        "negative_prompt",
        "image",
        "image_tail",
        "image_list",
        "video_list",
        "video_id",
        "mode",
        "duration",
        "aspect_ratio",
        "cfg_scale",
        "sound",
        "resolution",
        "n",
        "series_amount",
        "input",
        "subject_image_list",
        "human_image",
        "cloth_image",
        "external_task_id",
        "callback_url",
        "watermark_info",
        "image_url",
        "video_url",
        "sound_file",
        "audio_id",
        "text",
        "sound_effect_prompt",
    ]
)
"""Fields that only the canonical spec may set: else an extra could buy more than was paid for."""
LACKS = {
    "/v1/videos/lip-sync": ("prompt", "negative_prompt", "voice_id", "voice_language", "voice_speed"),
    "/v1/videos/effects": ("prompt", "negative_prompt"),
    AVATAR: ("negative_prompt",),
    MOTION: ("negative_prompt",),
    TTS: ("prompt", "negative_prompt", "watermark_info", "callback_url", "external_task_id"),
    TEXT_TO_AUDIO: ("negative_prompt", "watermark_info"),
    VIDEO_TO_AUDIO: ("prompt", "negative_prompt", "watermark_info"),
    "/v1/videos/omni-video": ("negative_prompt", "keep_original_sound"),
    "/v1/images/editing/expand": ("negative_prompt",),
    "/v1/images/omni-image": ("negative_prompt",),
    "/v1/images/kolors-virtual-try-on": ("prompt", "negative_prompt"),
}
"""What a path has no field for."""


def encode_submit(order: Order) -> Request:
    spec, path = order.spec, path_of(order)
    mark = spec.watermark
    body = {
        **{name: value for name, value in spec.extra.items() if name not in OURS},
        "model_name": model_name(order, path),
        "prompt": words(order) or None,
        "negative_prompt": spec.negative_prompt or None,
        **fields(order, path),
        "watermark_info": None if mark is None else {"enabled": mark},
        "callback_url": order.callback_url,
        "external_task_id": order.task_id or None,
    }
    for name in LACKS.get(path, ()):
        body.pop(name, None)
    return post(path, present(cast("dict[str, Json]", body)))


def fields(order: Order, path: str) -> dict[str, Json]:
    """What is said on this path alone."""
    if path in HEARD_FIELDS:
        return HEARD_FIELDS[path](order)
    return image_fields(order, path) if order.spec.kind is Kind.IMAGE else video_fields(order, path)


def words(order: Order) -> str:
    """The prompt, with the camera's move where only words can say it."""
    spec = order.spec
    if not spec.camera or "camera_control" in spec.extra:
        return spec.prompt
    return f"{spec.prompt.rstrip(' .')}. Camera: {spec.camera}."


def model_name(order: Order, path: str) -> str | None:
    """Kling's own name of the model, where the path has a field for it."""
    if path == "/v1/videos/video-extend" or (path in OWN_PATHS.values() and "try-on" not in path):
        return None
    return own_name(order.model)


def video_fields(order: Order, path: str) -> dict[str, Json]:
    spec = order.spec
    match path:
        case "/v1/videos/lip-sync":
            return {"input": lips(order)}
        case "/v1/videos/effects":
            faces = [picture(m) for m in order.media if m.role in {Role.FIRST_FRAME, Role.REFERENCE}]
            who = {"images": faces} if len(faces) > 1 else {"image": faces[0] if faces else None}
            return {"input": present({**who, "duration": str(whole(spec))})}
        case "/v1/videos/video-extend":
            return {"video_id": video_id(order), "cfg_scale": spec.guidance}
        case _:
            return film_fields(order, path)


def film_fields(order: Order, path: str) -> dict[str, Json]:
    spec = order.spec
    return {
        "mode": mode_of(order),
        "duration": str(whole(spec)) if spec.seconds else None,
        "cfg_scale": spec.guidance,
        "sound": None if spec.audio is None else ("on" if spec.audio else "off"),
        "aspect_ratio": spec.aspect,
        **media_fields(order, path),
    }


def media_fields(order: Order, path: str) -> dict[str, Json]:
    """The pictures of a video; a first frame gives it its shape, for which the official table then has no field."""
    first, last, mask = (order.first(r) for r in (Role.FIRST_FRAME, Role.LAST_FRAME, Role.MASK))
    match path:
        case "/v1/videos/omni-video":
            return omni_fields(order)
        case "/v1/videos/multi-image2video":
            return {"image_list": [{"image": picture(m)} for m in order.all(Role.REFERENCE)]}
        case "/v1/videos/image2video":
            return {
                "aspect_ratio": None,
                "image": picture(first) if first else None,
                "image_tail": picture(last) if last else None,
                "static_mask": picture(mask) if mask else order.spec.extra.get("static_mask"),
            }
        case _:
            return {}


def omni_fields(order: Order) -> dict[str, Json]:
    """Frames and references in one list; a video to edit is the base, any other lends its features."""
    types = {Role.FIRST_FRAME: "first_frame", Role.LAST_FRAME: "end_frame", Role.REFERENCE: None}
    images = [
        present({"image_url": picture(m), "type": types[m.role]}) for m in order.media if m.role in types
    ]
    base = order.spec.action is Action.EDIT
    videos = [
        present(
            {
                "video_url": m.url,
                "refer_type": "base" if base else "feature",
                "keep_original_sound": order.spec.extra.get("keep_original_sound"),
            }
        )
        for m in order.all(Role.VIDEO)
    ]
    shaped = order.first(Role.FIRST_FRAME) or (base and videos)
    return {
        "image_list": images or None,
        "video_list": videos or None,
        "aspect_ratio": order.spec.aspect or (None if shaped else "16:9"),
    }


def lips(order: Order) -> Json:
    """Words or a sound for the lips of a video: a link to it, or Kling's own id of it."""
    video, sound, extra = order.first(Role.VIDEO), order.first(Role.AUDIO), order.spec.extra
    small = sound is not None and sound.blob.size <= SOUND_LIMIT
    own = {k: extra[k] for k in ("voice_id", "voice_language", "voice_speed") if k in extra}
    said = {"text": order.spec.prompt or None, **own} if sound is None else {}
    return present(
        {
            "mode": "audio2video" if sound else "text2video",
            "video_url": video.url if video else None,
            "video_id": order.parent.handle.get("video") if order.parent and not video else None,
            **said,
            "audio_type": ("file" if small else "url") if sound else None,
            "audio_file": Embed(sound.blob, "base64") if sound and small else None,
            "audio_url": sound.url if sound and not small else None,
        }
    )


def video_id(order: Order) -> str:
    """Kling's id of the video to go on with. Raises `ValueError` when the parent has none."""
    found = order.parent.handle.get("video", "") if order.parent else ""
    if not found:
        raise ValueError("the task to continue has no video at Kling")
    return found


def image_fields(order: Order, path: str) -> dict[str, Json]:
    spec = order.spec
    pictures = [picture(m) for m in order.all(Role.REFERENCE)]
    one = pictures[0] if pictures else None
    shape: dict[str, Json] = {"aspect_ratio": spec.aspect, "resolution": spec.resolution}
    number: dict[str, Json] = {"n": spec.count if spec.count > 1 else None}
    match path:
        case "/v1/images/omni-image":
            if spec.extra.get("result_type") == "series":
                number = {"series_amount": spec.count if spec.count > 1 else None}
            return {**shape, **number, "image_list": [{"image": p} for p in pictures] or None}
        case "/v1/images/multi-image2image":
            subjects: list[Json] = [{"subject_image": p} for p in pictures]
            return {"aspect_ratio": spec.aspect, **number, "subject_image_list": subjects}
        case "/v1/images/kolors-virtual-try-on":
            return {"human_image": one, "cloth_image": pictures[1] if len(pictures) > 1 else None}
        case "/v1/images/editing/expand":
            return {"image": one, **number}
        case _:
            return {**shape, **number, "image": one}
