"""What the requests of Runway's developer API have in common: media in their places, shapes, the vendor's own words.

Source: PyPI `runwayml` 5.24.0, types; docs.dev.runwayml.com, inputs and versioning, 2026-04.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from framegate.core.checks import (
    check_aspect,
    check_model,
    check_note,
    check_prompt,
    check_seconds,
    check_seed,
    check_size,
)
from framegate.core.dialect import Call, Problem, Trouble, invalid
from framegate.core.frame import SHORT_SIDES, parse_pair
from framegate.core.task import Input, Kind, Role, Spec
from framegate.core.wire import Request
from framegate.dialects.runway.developer_images import TEXT_TO_IMAGE
from framegate.dialects.runway.developer_rows import Table, row_of
from framegate.dialects.runway.developer_shapes import Asked, Frame, Made, Medium, Moderation
from framegate.dialects.runway.developer_sounds import (
    SOUND_EFFECT,
    SPEECH_TO_SPEECH,
    TEXT_TO_SPEECH,
    VIDEO_TO_AUDIO,
    VOICE_DUBBING,
    VOICE_ISOLATION,
)
from framegate.dialects.runway.developer_tools import (
    CHARACTER_PERFORMANCE,
    IMAGE_UPSCALE,
    VIDEO_TO_HDR,
    VIDEO_UPSCALE,
)
from framegate.dialects.runway.developer_videos import IMAGE_TO_VIDEO, TEXT_TO_VIDEO, VIDEO_TO_VIDEO

VERSION = "2024-11-06"
TABLES: Mapping[str, Table] = {
    "image_to_video": IMAGE_TO_VIDEO,
    "text_to_video": TEXT_TO_VIDEO,
    "video_to_video": VIDEO_TO_VIDEO,
    "text_to_image": TEXT_TO_IMAGE,
    "character_performance": CHARACTER_PERFORMANCE,
    "video_upscale": VIDEO_UPSCALE,
    "video_to_hdr": VIDEO_TO_HDR,
    "image_upscale": IMAGE_UPSCALE,
    "video_to_audio": VIDEO_TO_AUDIO,
    "sound_effect": SOUND_EFFECT,
    "text_to_speech": TEXT_TO_SPEECH,
    "speech_to_speech": SPEECH_TO_SPEECH,
    "voice_dubbing": VOICE_DUBBING,
    "voice_isolation": VOICE_ISOLATION,
}
EXTRAS = (
    *(
        "contentModeration",
        "outputFormat",
        "proresProfile",
        "providerSettings",
        "promptExpansionMode",
        "draft",
    ),
    *("keyframes", "bodyControl", "expressionIntensity", "creativity", "flavor", "fpsBoost", "sharpen"),
    *("smartGrain", "scaleFactor", "ultraDetail", "background", "backgroundColor", "colors", "grounding"),
    *("edit", "preciseEdit", "thinkingLevel"),
)
"""Fields that only a Runway upstream gets."""
LEAST_SIDE = 64
"""A pair of numbers below this is a shape, such as 16:9; above, a size in pixels."""
UPLOAD = "runway://"
ONE_VIDEO = "one video is served here: the spec of the gateway has one"
THRESHOLDS = ("auto", "low")
PLACES = {"first": Role.FIRST_FRAME, "last": Role.LAST_FRAME, None: Role.REFERENCE}


class Shape(NamedTuple):
    """What a ratio says of the output."""

    size: str | None = None
    aspect: str | None = None
    resolution: str | None = None


def check_version(request: Request) -> None:
    """Every request says which version of the API it means. Raises `Trouble`."""
    given = request.headers.get("x-runway-version", "")
    if given != VERSION:
        found = f"it was {given[:40]!r}" if given else "it was missing"
        raise Trouble(
            Problem.MALFORMED,
            f"The header X-Runway-Version must be {VERSION}; {found}",
            field="X-Runway-Version",
        )


def spec_of(
    call: Call,
    path: str,
    kind: Kind,
    inputs: Iterable[Input],
    *,
    extra: Mapping[str, Any] | None = None,
    **fields: Any,  # noqa: ANN401 - of Spec
) -> Spec:
    """A spec with what all requests share, after the model's row was checked."""
    body: Asked = call.body
    raw = cast("Mapping[str, Any]", call.raw)
    model = check_model(body.model, "model")
    row_of(raw, model, TABLES[path], f"/v1/{path}", TABLES.values(), body.__struct_encode_fields__)
    own = {name: raw[name] for name in EXTRAS if raw.get(name) is not None} | dict(extra or {})
    check_note(own, next(iter(own), "the body"))
    if isinstance(body, Made):
        fields |= {
            "prompt": check_prompt(body.prompt_text or "", "promptText"),
            "seed": check_seed(body.seed, "seed"),
        }
        check_moderation(body.content_moderation)
    found = tuple(inputs)
    once(found)
    return Spec(kind=kind, model=model, inputs=found, vendor="runway", extra=own, **fields)


def check_moderation(given: Moderation | None) -> None:
    if given and given.public_figure_threshold not in {None, *THRESHOLDS}:
        field = "contentModeration.publicFigureThreshold"
        raise invalid(field, f"{field} must be auto or low")


def once(inputs: tuple[Input, ...]) -> None:
    """Raises `Trouble` for two frames in one place."""
    for role, word in ((Role.FIRST_FRAME, "first"), (Role.LAST_FRAME, "last")):
        if sum(item.role is role for item in inputs) > 1:
            raise invalid("promptImage", f"there may be one picture with the position {word}")


def shape_of(ratio: str | None, *, listed: bool, resolution: str | None = None) -> Shape:
    """`1280:720` is a size, `16:9` a shape, `auto_720p` a resolution; `auto` and `adaptive` leave it to the model.

    `listed`: the model's row has it, so it needs no further look.
    """
    sharp = resolution_of(resolution)
    if not ratio or ratio in {"auto", "adaptive"}:
        return Shape(resolution=sharp)
    if ratio.startswith("auto_"):
        return Shape(resolution=resolution_of(ratio.removeprefix("auto_"), "ratio") or sharp)
    pair = parse_pair(ratio)
    if pair is None or ":" not in ratio:
        raise invalid(
            "ratio", "ratio must be width:height, such as 1280:720 in pixels, or a shape such as 16:9"
        )
    if max(pair) < LEAST_SIDE:
        return Shape(aspect=check_aspect(ratio, "ratio"), resolution=sharp)
    return Shape(ratio.replace(":", "x") if listed else check_size(ratio, "ratio"), None, sharp)


def resolution_of(text: str | None, field: str = "resolution") -> str | None:
    if text is None:
        return None
    if text.lower() not in SHORT_SIDES:
        raise invalid(field, f"{field} must be one of {', '.join(SHORT_SIDES)}")
    return text.lower()


def seconds_of(value: int | str | None) -> float | None:
    """`auto` leaves it to what serves the model."""
    if value is None or value == "auto":
        return None
    if isinstance(value, str):
        raise invalid("duration", "duration must be whole seconds as a number, such as 5, or auto")
    if abs(value) > 10**6:
        raise invalid("duration", "duration must be more than 0 and at most 60")
    return check_seconds(float(value), "duration")


def medium(role: Role, uri: str, field: str) -> Input:
    """One medium. An upload's URI becomes ours."""
    if uri.startswith(UPLOAD) and len(uri) > len(UPLOAD):
        return Input(role, f"upload:{uri.removeprefix(UPLOAD)}")
    if not uri.startswith(("https://", "http://", "data:")):
        raise invalid(field, f"{field} must be an https URL, a data URI, or the runway:// URI of an upload")
    return Input(role, uri)


def frames(given: str | list[Frame] | None, field: str, alone: Role) -> list[Input]:
    """Pictures in their places; one that stands alone is what the field is for."""
    if given is None:
        return []
    if isinstance(given, str):
        return [medium(alone, given, field)]
    if not given:
        raise invalid(field, f"{field} must hold at least one picture")
    unknown = next((f.position for f in given if f.position not in PLACES), None)
    if unknown is not None:
        raise invalid(f"{field}.position", f"{field}.position must be first or last here, or be left out")
    return [medium(PLACES[f.position], f.uri, f"{field}[{n}].uri") for n, f in enumerate(given)]


def media(given: list[Medium] | None, kind: str, role: Role, field: str) -> list[Input]:
    """Sounds or videos to refer to."""
    for item in given or []:
        typed(item, (kind,), f"{field}.type")
    return [medium(role, item.uri, f"{field}[{n}].uri") for n, item in enumerate(given or [])]


def typed(item: Medium, kinds: tuple[str, ...], field: str) -> None:
    if item.type is not None and item.type not in kinds:
        raise invalid(field, f"{field} must be {' or '.join(kinds)}")
