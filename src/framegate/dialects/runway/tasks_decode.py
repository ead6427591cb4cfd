"""A request to `/runway/v2/tasks` in our words.

| their word | ours | source |
|---|---|---|
| init_image | first_frame; last_frame with image_as_end_frame | the page of 2024-11-04 |
| gen2Options.image_prompt | the same picture as init_image, or a reference | clients of 2024 |
| extended_from_task_id, init_video | parent and video: extend | clients of 2024 |
| video_prompt, structure_transformation | video: edit; extra | clients of 2024 |
| resolution | counts with an image; else width and height do | clients of 2024 |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from framegate.core.checks import (
    check_id,
    check_known,
    check_link,
    check_model,
    check_note,
    check_prompt,
    check_resolution,
    check_seconds,
    check_seed,
    check_shape,
    check_side,
)
from framegate.core.dialect import Call, invalid
from framegate.core.kinds import kind_of
from framegate.core.task import Action, Input, Role, Spec
from framegate.dialects.runway.tasks_shapes import Gen2Options, NewTask, NewUpload, Options

TITLES = {
    "gen2": "Gen-2",
    "europa": "Gen-3 Alpha",
    "gen3a": "Gen-3 Alpha",
    "gen3a_turbo": "Gen-3 Alpha Turbo",
}
SECONDS = {"gen2": 4.0, "europa": 5.0, "gen3a": 5.0, "gen3a_turbo": 5.0}
MEDIA = ("init_image", "image_prompt", "init_video", "video_prompt")
INNER = {"prompt": "text_prompt", "seed": "seed", "size": "width", "watermark": "watermark"}
"""Our words for what may stand in `gen2Options` as well."""
EXTRAS = ("interpolate", "upscale", "motion_score", "use_motion_score", "use_motion_vectors")


def decode(call: Call) -> Spec:
    """The spec of a create request. Raises `Trouble` in the client's words."""
    body: NewTask = call.body
    check_known(call.raw, NewTask.__struct_encode_fields__)  # as joi does there: only `options` takes any key
    options, gen2 = body.options, body.options.gen2_options or Gen2Options()
    at = "options.gen2Options" if body.options.gen2_options else "options"
    model = check_model(body.task_type, "taskType")
    prompt = gen2.text_prompt or options.text_prompt or ""
    seed = options.seed if gen2.seed is None else gen2.seed
    media = media_of(options, gen2)
    parent = options.extended_from_task_id or None
    if parent:
        check_id(parent, "options.extended_from_task_id")
    if model == "gen3a_turbo" and not media and not parent:
        message = "gen3a_turbo starts from an image: put its URL or a data URI into options.init_image"
        raise invalid("options.init_image", f"{message}, or use gen3a, which can do without")
    if not prompt.strip() and not media and not parent:
        raise invalid(f"{at}.text_prompt", f"give {at}.text_prompt, {at}.init_image or both")
    size, resolution = frame_of(options, gen2, has_image="init_image" in media)
    return Spec(
        kind=kind_of(model),
        model=model,
        action=action_of(options, gen2),
        prompt=check_prompt(prompt, f"{at}.text_prompt"),
        seconds=check_seconds(options.seconds, "options.seconds") or SECONDS.get(model),
        size=size,
        resolution=resolution,
        seed=check_seed(seed, "options.seed" if gen2.seed is None else "options.gen2Options.seed"),
        watermark=options.watermark if gen2.watermark is None else gen2.watermark,
        inputs=tuple(Input(role, url) for role, url in dict.fromkeys(media.values())),
        parent=parent,
        callback_url=check_link(body.notify_hook, "notify_hook") if body.notify_hook else None,
        vendor="runway",
        extra=extra_of(options, gen2),
        memo={
            "name": options.name or named(model, seed, prompt),
            "options": noted(cast("Mapping[str, Any]", call.raw["options"])),
            "roles": {option: role.value for option, (role, _) in media.items()},
        },
    )


def field_of(call: Call, spec: Spec, word: str) -> str:
    """Where a word of ours that was refused stands: the option by which a medium came, or one of gen2's own."""
    roles: Mapping[str, str] = spec.memo["roles"]
    option = next((option for option, role in roles.items() if role == word), INNER.get(word))
    if option in (call.raw["options"].get("gen2Options") or {}):
        return f"options.gen2Options.{option}"
    return f"options.{option}" if option in MEDIA else word


def media_of(options: Options, gen2: Gen2Options) -> dict[str, tuple[Role, str]]:
    """The media that were given, by option: what each is for, and where it is."""
    image = options.init_image or gen2.init_image
    look = gen2.image_prompt
    video = options.init_video or gen2.init_video
    if video and options.video_prompt and video != options.video_prompt:
        raise invalid("options.video_prompt", "give options.init_video or options.video_prompt, not both")
    start = Role.LAST_FRAME if options.image_as_end_frame else Role.FIRST_FRAME
    given = {
        "init_image": (start, image),
        # Clients of gen2 send the same picture twice; a picture of its own only guides the look.
        "image_prompt": (start if not image or image == look else Role.REFERENCE, look),
        "init_video": (Role.VIDEO, video),
        "video_prompt": (Role.VIDEO, options.video_prompt),
    }
    return {option: (role, url) for option, (role, url) in given.items() if url}


def action_of(options: Options, gen2: Gen2Options) -> Action:
    if options.video_prompt:
        return Action.EDIT
    continues = options.extended_from_task_id or options.init_video or gen2.init_video
    return Action.EXTEND if continues else Action.GENERATE


def frame_of(options: Options, gen2: Gen2Options, *, has_image: bool) -> tuple[str | None, str | None]:
    """Size and resolution. With an image `resolution` counts, for the image gives the shape; else the sides do."""
    inner = gen2.width is not None or gen2.height is not None
    at = "options.gen2Options" if inner else "options"
    width, height = (gen2.width, gen2.height) if inner else (options.width, options.height)
    resolution = check_resolution(options.resolution, "options.resolution") if options.resolution else None
    if width is None and height is None:
        return None, resolution
    if width is None or height is None:
        missing = "width" if width is None else "height"
        raise invalid(f"{at}.{missing}", f"{at}.width and {at}.height belong together: {missing} is missing")
    sides = check_side(width, f"{at}.width"), check_side(height, f"{at}.height")
    size = check_shape(*sides, f"{at}.width")
    return (None, resolution) if has_image and resolution else (size, None)


def extra_of(options: Options, gen2: Gen2Options) -> dict[str, Any]:
    """The vendor's own words that change the picture; all others are only echoed."""
    strength = options.structure_transformation
    if strength is not None and not 0 <= strength <= 1:
        field = "options.structure_transformation"
        raise invalid(field, f"{field} must be from 0 to 1")
    words = {"structure_transformation": strength} | {word: getattr(gen2, word) for word in EXTRAS}
    return {word: value for word, value in words.items() if value is not None}


def noted(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The options as they came, for the echo. Media are left out (null), for they may be megabytes."""
    note = without_media(raw)
    if isinstance(raw.get("gen2Options"), dict):
        note["gen2Options"] = without_media(cast("Mapping[str, Any]", raw["gen2Options"]))
    check_note(note, "options")
    return note


def without_media(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: None if key in MEDIA else value for key, value in raw.items() if key != "asTeamId"}


def named(model: str, seed: int | None, prompt: str) -> str:
    """The name that Runway's own page gives: "Gen-3 Alpha Turbo 3994113795, boom fly monkey"."""
    title = TITLES.get(model, model) + (f" {seed}" if seed is not None else "")
    return f"{title}, {prompt[:20]}" if prompt else title


def decode_upload(call: Call) -> str:
    """The name of the file that is to come."""
    body: NewUpload = call.body
    if body.number_of_parts != 1:
        raise invalid("numberOfParts", "numberOfParts must be 1: a file of any size is taken in one part")
    if not 0 < len(body.filename) <= 255 or not body.filename.isprintable():
        raise invalid(
            "filename", "filename must be a file's name of at most 255 characters, such as photo.jpg"
        )
    return body.filename
