"""A request to `/v1/videos/text2video` or `/v1/videos/image2video` in our words.

| their word | ours | source |
|---|---|---|
| model_name, model | model; `kling-v1` if left out | parameter tables, 2026-02; `model`: clients of 2024 |
| duration "5" | seconds; 5 if left out | parameter tables |
| mode | quality, and the resolution that it stands for | parameter tables, capability map |
| cfg_scale, sound | guidance, audio | parameter tables |
| image, image_tail, static_mask | first_frame, last_frame, mask | parameter tables |
| camera_control | camera, in words; and as it is, for Kling itself | parameter tables |
| dynamic_masks, voice_list, shots, elements | as they are, for Kling itself | parameter tables |
| external_task_id | external_id | parameter tables |
"""

from __future__ import annotations

from typing import Any

from framegate.core.dialect import Call, invalid
from framegate.core.task import Kind, Role, Spec
from framegate.dialects.kling.requests import (
    model_of,
    one_of,
    prompt_of,
    quality_of,
    seconds_of,
    shape_of,
    spec_of,
    switch_of,
)
from framegate.dialects.kling.video_shapes import (
    CameraConfig,
    CameraControl,
    ImageToVideo,
    TextToVideo,
    Video,
)

MODEL = "kling-v1"
TEXT = "videos/text2video"
IMAGE = "videos/image2video"
OWN = ("camera_control", "voice_list", "multi_shot", "shot_type", "multi_prompt", "element_list")
SHOT_TYPES = ("customize", "intelligence")
MOVES = {
    "down_back": "camera descends and pulls back",
    "forward_up": "camera moves forward and tilts up",
    "right_turn_forward": "camera turns right and moves forward",
    "left_turn_forward": "camera turns left and moves forward",
}
"""Kling's ready-made moves."""
STEPS = {
    "horizontal": ("camera moves left", "camera moves right"),
    "vertical": ("camera moves down", "camera moves up"),
    "pan": ("camera tilts down", "camera tilts up"),
    "tilt": ("camera pans left", "camera pans right"),
    "roll": ("camera rolls counterclockwise", "camera rolls clockwise"),
    "zoom": ("zoom in", "zoom out"),
}
"""What less and more than 0 mean. Kling's pan is about the x axis and its tilt about the y axis, the other way round
than film people say; its zoom is the width of the view."""


def decode_text(call: Call) -> Spec:
    """The spec of a video from words. Raises `Trouble` in the client's words."""
    body: TextToVideo = call.body
    return spec_of(
        call,
        TEXT,
        Kind.VIDEO,
        model_of(body, MODEL),
        extra=OWN,
        **video_of(body, words=not body.multi_shot),
    )


def decode_image(call: Call) -> Spec:
    """The spec of a video from a first frame, a last frame, or both. Raises `Trouble` in the client's words."""
    body: ImageToVideo = call.body
    if not body.image and not body.image_tail:
        raise invalid(
            "image", "image is required: a URL or base64 of the first frame (or image_tail, of the last)"
        )
    masks = "static_mask" if body.static_mask else "dynamic_masks" if body.dynamic_masks else ""
    if body.static_mask and not body.image:
        raise invalid("static_mask", "static_mask needs the image that it covers")
    guides = [name for name in ("image_tail", masks, "camera_control") if name and getattr(body, name)]
    if len(guides) > 1:
        raise invalid(guides[1], f"{guides[1]} and {guides[0]} exclude one another; give one of them")
    media = (
        (Role.FIRST_FRAME, body.image),
        (Role.LAST_FRAME, body.image_tail),
        (Role.MASK, body.static_mask),
    )
    return spec_of(
        call,
        IMAGE,
        Kind.VIDEO,
        model_of(body, MODEL),
        inputs=media,
        extra=(*OWN, "dynamic_masks"),
        **video_of(body, words=False),
    )


def video_of(body: Video, *, words: bool) -> dict[str, Any]:
    """The fields of a spec that both kinds of request have."""
    seconds = seconds_of(body.duration)
    check_shots(body, seconds)
    return {
        "prompt": prompt_of(body.prompt, required=words),
        "negative_prompt": prompt_of(body.negative_prompt, "negative_prompt"),
        "seconds": seconds,
        "aspect": shape_of(body.aspect_ratio),
        "guidance": body.cfg_scale,
        "camera": camera_of(body.camera_control) if body.camera_control else None,
        "audio": switch_of(body.sound, "sound"),
        **quality_of(body.mode),
    }


def check_shots(body: Any, seconds: float | None) -> None:  # noqa: ANN401 - of any request that has shots
    """Shots must come to the length that is paid for."""
    kind = one_of(body.shot_type, SHOT_TYPES, "shot_type")
    if kind == "customize" and not body.multi_prompt:
        raise invalid(
            "multi_prompt", 'multi_prompt is required with shot_type "customize": one entry for each shot'
        )
    if body.multi_shot and not (body.prompt or "").strip() and not body.multi_prompt:
        raise invalid("prompt", "prompt is required, or multi_prompt with one entry for each shot")
    if not body.multi_prompt:
        return
    lengths = [
        seconds_of(shot.duration, f"multi_prompt[{place}].duration", None) or 0.0
        for place, shot in enumerate(body.multi_prompt)
    ]
    if sum(lengths) != seconds:
        message = f"the durations of multi_prompt must come to duration, {seconds or 0:g} s; they come to"
        raise invalid("multi_prompt", f"{message} {sum(lengths):g} s")


def camera_of(control: CameraControl) -> str | None:
    """The move in words, for models that take words alone."""
    kind = one_of(control.type, ("simple", *MOVES), "camera_control.type")
    if kind in MOVES:
        if control.config is not None:
            raise invalid(
                "camera_control.config", f"camera_control.config is for simple alone, not for {kind}"
            )
        return MOVES[kind]
    config = control.config or CameraConfig()
    steps: dict[str, float | None] = {name: getattr(config, name) for name in STEPS}
    moving = {name: value for name, value in steps.items() if value}
    if kind == "simple" and len(moving) != 1:
        field = "camera_control.config"
        raise invalid(field, f"{field} must have exactly one of {', '.join(STEPS)} that is not 0")
    words = [STEPS[name][value > 0] for name, value in moving.items()]
    return " and ".join(words) or None
