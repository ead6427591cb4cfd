"""A request to one of Kling's other video paths in our words.

| their word | ours | source |
|---|---|---|
| omni-video: image_list | first_frame, last_frame, reference, in their order | parameter tables, 2026-02 and 2026-07 |
| omni-video: video_list | video; `base` is an edit, as long as the video whatever `duration` says | parameter tables |
| omni-video: mode | `pro` if left out | parameter tables |
| multi-image2video: image_list | reference | parameter tables |
| video-extend: video_id | parent: the task that made the video | our choice: a video has its task's id |
| lip-sync: input | video or parent, prompt, audio; voices as they are | ComfyUI's node types, 2025 |
| effects: input | first_frame, or two references; the scene as it is | parameter tables |

`lip-sync` and `effects` have no model; `kling-lip-sync` and `kling-effects` are our names for them.
"""

from __future__ import annotations

from framegate.core.checks import check_id
from framegate.core.dialect import Call, invalid
from framegate.core.task import Action, Kind, Role, Spec
from framegate.dialects.kling.clips_shapes import Effects, Extend, LipSync, MultiImageVideo, OmniVideo
from framegate.dialects.kling.requests import (
    model_of,
    one_of,
    own_of,
    prompt_of,
    quality_of,
    seconds_of,
    shape_of,
    spec_of,
    switch_of,
)
from framegate.dialects.kling.video_decode import check_shots

OMNI = "videos/omni-video"
MULTI = "videos/multi-image2video"
EXTEND = "videos/video-extend"
LIPS = "videos/lip-sync"
EFFECTS = "videos/effects"
FRAMES = {"first_frame": Role.FIRST_FRAME, "end_frame": Role.LAST_FRAME}
VOICE = ("voice_id", "voice_language", "voice_speed")


def decode_omni(call: Call) -> Spec:
    """A video from words that name pictures, elements and a video. Raises `Trouble` in the client's words."""
    body: OmniVideo = call.body
    media: list[tuple[Role, str | None]] = []
    for place, picture in enumerate(body.image_list or ()):
        kind = one_of(picture.type, FRAMES, f"image_list[{place}].type")
        media.append((FRAMES.get(kind or "", Role.REFERENCE), picture.image_url))
    for role, word in ((Role.FIRST_FRAME, "first_frame"), (Role.LAST_FRAME, "end_frame")):
        if sum(given is role for given, _ in media) > 1:
            raise invalid("image_list", f"image_list may hold one {word}")
    clip = next(iter(body.video_list or ()), None)
    base = clip is not None and (
        one_of(clip.refer_type, ("base", "feature"), "video_list[0].refer_type") != "feature"
    )
    sound = (
        one_of(clip.keep_original_sound, ("yes", "no"), "video_list[0].keep_original_sound") if clip else None
    )
    asked = seconds_of(body.duration, default=None if base else 5.0)
    seconds = None if base else asked
    check_shots(body, asked)
    return spec_of(
        call,
        OMNI,
        Kind.VIDEO,
        model_of(body, "kling-video-o1"),
        inputs=[*media, (Role.VIDEO, clip.video_url if clip else None)],
        extra=("element_list", "multi_shot", "shot_type", "multi_prompt"),
        own={"keep_original_sound": sound} if sound else {},
        action=Action.EDIT if base else Action.GENERATE,
        prompt=prompt_of(body.prompt, required=not body.multi_shot),
        seconds=seconds,
        aspect=shape_of(body.aspect_ratio),
        audio=switch_of(body.sound, "sound"),
        **quality_of(body.mode, "pro"),
    )


def decode_multi_image(call: Call) -> Spec:
    """A video in which several things appear. Raises `Trouble` in the client's words."""
    body: MultiImageVideo = call.body
    return spec_of(
        call,
        MULTI,
        Kind.VIDEO,
        model_of(body, "kling-v1-6"),
        inputs=[(Role.REFERENCE, item.image) for item in body.image_list],
        prompt=prompt_of(body.prompt, required=True),
        negative_prompt=prompt_of(body.negative_prompt, "negative_prompt"),
        seconds=seconds_of(body.duration),
        aspect=shape_of(body.aspect_ratio),
        **quality_of(body.mode),
    )


def task_of(video_id: str, field: str) -> str:
    """The id of the task that made a video: the video's own, but for the place of a second one."""
    check_id(video_id, field)
    task, dash, place = video_id.rpartition("-")
    return task if dash and task.isdigit() and place.isdigit() else video_id


def decode_extend(call: Call) -> Spec:
    """A few seconds more of a finished video, by the model that made it. Raises `Trouble` in the client's words."""
    body: Extend = call.body
    return spec_of(
        call,
        EXTEND,
        Kind.VIDEO,
        model_of(body, "") if body.model_name or body.model else "",
        action=Action.EXTEND,
        parent=task_of(body.video_id, "video_id"),
        prompt=prompt_of(body.prompt),
        negative_prompt=prompt_of(body.negative_prompt, "negative_prompt"),
        guidance=body.cfg_scale,
        seconds=5.0,
        memo={"video_id": body.video_id},
    )


def decode_lips(call: Call) -> Spec:
    """A video whose lips move to a text or a sound. Raises `Trouble` in the client's words."""
    body: LipSync = call.body
    given = body.input
    mode = one_of(given.mode or "(none)", ("text2video", "audio2video"), "input.mode")
    if bool(given.video_id) == bool(given.video_url):
        raise invalid("input.video_url", "give input.video_url or input.video_id: one of them")
    sounds = [given.audio_url, given.audio_file] if mode == "audio2video" else []
    if mode == "text2video":
        prompt_of(given.text, "input.text", required=True)
        if given.audio_url or given.audio_file:
            raise invalid(
                "input.audio_url", "input.audio_url and input.audio_file are for the mode audio2video"
            )
        if not given.voice_id:
            raise invalid("input.voice_id", "input.voice_id is required with a text: the voice that says it")
    elif bool(given.audio_url) == bool(given.audio_file):
        raise invalid("input.audio_url", "give input.audio_url or input.audio_file: one of them")
    one_of(given.audio_type, ("file", "url"), "input.audio_type")
    one_of(given.voice_language, ("zh", "en"), "input.voice_language")
    return spec_of(
        call,
        LIPS,
        Kind.VIDEO,
        model_of(body, "kling-lip-sync"),
        inputs=[(Role.VIDEO, given.video_url), *((Role.AUDIO, sound) for sound in sounds)],
        own=own_of(given, "input", VOICE if mode == "text2video" else ()),
        action=Action.EDIT,
        parent=task_of(given.video_id, "input.video_id") if given.video_id else None,
        prompt=given.text or "" if mode == "text2video" else "",
        memo={"video_id": given.video_id} if given.video_id else {},
    )


def decode_effects(call: Call) -> Spec:
    """One of Kling's ready-made scenes with one person or two. Raises `Trouble` in the client's words."""
    body: Effects = call.body
    scene = body.input
    if bool(scene.image) == bool(scene.images):
        raise invalid("input.image", "give input.image, or input.images with two pictures")
    pictures = [(Role.REFERENCE, url) for url in scene.images or ()] or [(Role.FIRST_FRAME, scene.image)]
    if not all(url for _, url in pictures):
        raise invalid("input.images", "input.images must hold two pictures: URLs or base64")
    return spec_of(
        call,
        EFFECTS,
        Kind.VIDEO,
        model_of(body, "kling-effects"),
        inputs=pictures,
        extra=("effect_scene",),
        own=own_of(scene, "input", ("model_name",)),
        prompt=body.effect_scene.replace("_", " "),
        seconds=seconds_of(scene.duration, "input.duration"),
        **quality_of(one_of(scene.mode, ("std", "pro", "4k"), "input.mode")),
    )
