"""A video or an image of Runway's developer API in our words. The tools: `developer_tools_decode.py`.

| their word | ours |
|---|---|
| promptImage | first_frame; in a list by position first, last, none: first_frame, last_frame, reference |
| references, referenceImages | reference; those with a position are frames |
| promptVideo, videoUri; one of referenceVideos | video |
| referenceAudio, maskUri | audio, mask |
| ratio, targetAspectRatio, resolution | size, aspect, resolution |
| outputCount, cfgScale | count, guidance |
| mode | the action: extend, edit; generate for reference |
| tag and subject of referenceImages, and all else | extras |

Source: PyPI `runwayml` 5.24.0, types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from framegate.core.checks import check_prompt
from framegate.core.dialect import Call, invalid
from framegate.core.task import Action, Input, Kind, Role, Spec
from framegate.dialects.runway.developer_requests import (
    ONE_VIDEO,
    TABLES,
    frames,
    media,
    medium,
    seconds_of,
    shape_of,
    spec_of,
)
from framegate.dialects.runway.developer_shapes import (
    ImageToVideo,
    Keyframe,
    ProviderSettings,
    Tagged,
    TextToImage,
    TextToVideo,
    Video,
    VideoToVideo,
)

MODES = {"reference": Action.GENERATE, "extend": Action.EXTEND, "edit": Action.EDIT}
SHOT_TYPES = ("intelligence", "customize")
SUBJECTS = ("object", "human")


def decode_image_to_video(call: Call) -> Spec:
    """The spec of a video from pictures. Raises `Trouble` in the client's words, as all of these do."""
    body: ImageToVideo = call.body
    pictures = frames(body.prompt_image, "promptImage", Role.FIRST_FRAME)
    if not pictures:
        raise invalid("promptImage", "promptImage is required: the picture to start from")
    roles = {item.role for item in pictures}
    if Role.REFERENCE in roles and len(roles) > 1:
        raise invalid(
            "promptImage", "promptImage may hold frames with a position, or references without, not both"
        )
    return video_of(call, "image_to_video", pictures)


def decode_text_to_video(call: Call) -> Spec:
    body: TextToVideo = call.body
    if body.draft_task_id is not None:
        raise invalid("draftTaskId", "draftTaskId is not served: a draft lies with the upstream that made it")
    shown = body.provider_settings or body.references or body.reference_videos
    if not (body.prompt_text or "").strip() and not shown:
        raise invalid("promptText", "promptText is required: say what to make")
    return video_of(call, "text_to_video", [])


def decode_video_to_video(call: Call) -> Spec:
    body: VideoToVideo = call.body
    if (body.prompt_video is None) is (body.video_uri is None):
        raise invalid("promptVideo", "promptVideo or videoUri is required, one of them as the model has it")
    field = "promptVideo" if body.prompt_video is not None else "videoUri"
    source = medium(Role.VIDEO, body.prompt_video or body.video_uri or "", field)
    check_keyframes(body.keyframes)
    if body.mode is not None and body.mode not in MODES:
        raise invalid("mode", f"mode must be one of {', '.join(MODES)}")
    row = TABLES["video_to_video"].get(body.model, {})
    action = MODES[body.mode] if body.mode else Action.GENERATE if "mode" in row else Action.EDIT
    return video_of(
        call,
        "video_to_video",
        [source],
        action=action,
        extra={"mode": body.mode} if body.mode == "reference" else {},
    )


def video_of(
    call: Call,
    path: str,
    inputs: list[Input],
    *,
    action: Action = Action.GENERATE,
    extra: Mapping[str, Any] | None = None,
) -> Spec:
    """What the three ways to a video share."""
    body: Video = call.body
    check_settings(body.provider_settings)
    videos = media(body.reference_videos, "video", Role.VIDEO, "referenceVideos")
    if len(videos) + sum(item.role is Role.VIDEO for item in inputs) > 1:
        raise invalid("referenceVideos", f"referenceVideos: {ONE_VIDEO}")
    found = [
        *inputs,
        *frames(body.references, "references", Role.REFERENCE),
        *videos,
        *media(body.reference_audio, "audio", Role.AUDIO, "referenceAudio"),
    ]
    ratio = body.ratio
    if isinstance(body, VideoToVideo) and body.target_aspect_ratio:
        if ratio:
            raise invalid("ratio", "ratio and targetAspectRatio say the same: give targetAspectRatio alone")
        ratio = body.target_aspect_ratio
    shape = shape_of(ratio, listed=body.model in TABLES[path], resolution=body.resolution)
    return spec_of(
        call,
        path,
        Kind.VIDEO,
        found,
        extra=extra,
        action=action,
        seconds=seconds_of(body.duration),
        size=shape.size,
        aspect=shape.aspect,
        resolution=shape.resolution,
        audio=body.audio,
        negative_prompt=check_prompt(body.negative_prompt or "", "negativePrompt"),
        guidance=body.cfg_scale,
        watermark=body.watermark if isinstance(body, ImageToVideo) else None,
    )


def check_settings(given: ProviderSettings | None) -> None:
    if given and given.shot_type not in {None, *SHOT_TYPES}:
        raise invalid(
            "providerSettings.shotType", "providerSettings.shotType must be intelligence or customize"
        )


def check_keyframes(given: list[Keyframe] | None) -> None:
    """They travel as they are, so they must be where any upstream can fetch them."""
    for place, item in enumerate(given or []):
        if not item.uri.startswith("https://"):
            field = f"keyframes[{place}].uri"
            raise invalid(field, f"{field} must be an https URL: uploads and data URIs are not taken here")
        if (item.seconds is None) is (item.at is None):
            raise invalid(f"keyframes[{place}]", f"keyframes[{place}] needs seconds or at, one of them")


def decode_text_to_image(call: Call) -> Spec:
    body: TextToImage = call.body
    if not (body.prompt_text or "").strip():
        raise invalid("promptText", "promptText is required: say what to make")
    pictures = body.reference_images or []
    found = [medium(Role.REFERENCE, p.uri, f"referenceImages[{n}].uri") for n, p in enumerate(pictures)]
    if body.mask_uri is not None:
        found.append(medium(Role.MASK, body.mask_uri, "maskUri"))
    shape = shape_of(body.ratio, listed=body.model in TABLES["text_to_image"])
    notes = notes_of(pictures)
    return spec_of(
        call,
        "text_to_image",
        Kind.IMAGE,
        found,
        extra={"referenceImages": notes} if any(notes) else {},
        size=shape.size,
        aspect=shape.aspect,
        resolution=shape.resolution,
        count=body.output_count or 1,
        quality=check_prompt(body.quality, "quality") if body.quality else None,
    )


def notes_of(pictures: list[Tagged]) -> list[dict[str, str]]:
    """What is said of each picture beside where it is."""
    for place, picture in enumerate(pictures):
        if picture.subject not in {None, *SUBJECTS}:
            field = f"referenceImages[{place}].subject"
            raise invalid(field, f"{field} must be object or human")
    said = [cast("dict[str, Any]", msgspec.to_builtins(picture)) for picture in pictures]
    return [{k: v for k, v in one.items() if k != "uri" and v is not None} for one in said]
