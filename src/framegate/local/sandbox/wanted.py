"""What a task asks for, checked, and the jobs that it comes to. Pure."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from framegate.core.frame import SHORT_SIDES, even, parse_pair, pixels
from framegate.core.task import Action, Cause, Kind, Role
from framegate.local.sandbox.directives import BadDirective, Directives, parse
from framegate.local.sandbox.words import Job
from framegate.local.studio.brief import SOUND_FORMATS, Brief

SECONDS = 5.0
LONGEST = 60.0
FPS = 24
FASTEST = 120
SIDE = 4096
LEAST = 64
SHAPE = 8
"""The longest shape of a source that is followed: 8:1."""
COUNTS = {Kind.VIDEO: 4, Kind.IMAGE: 10, Kind.MUSIC: 4, Kind.SPEECH: 4, Kind.SOUND: 4}
SIZES = {Kind.VIDEO: (1280, 720), Kind.IMAGE: (1024, 1024)}
FORMATS = {Kind.VIDEO: "mp4", Kind.IMAGE: "png"}
LENGTHS = {Kind.MUSIC: 300.0, Kind.SPEECH: 300.0, Kind.SOUND: 60.0}
"""Seconds that what is heard may last."""
MOST_SAID = 3900
"""Characters that are said in less than `LENGTHS`, by the slowest voice."""
USUAL = {Kind.MUSIC: 30.0, Kind.SOUND: 5.0}
ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


class Refused(Exception):
    """A request that cannot be taken: `cause` and a message fit for the customer."""

    def __init__(self, message: str, cause: Cause = Cause.INVALID) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message


class Medium(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An input: a file on this machine."""

    role: Role
    file: str
    media_type: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body of `POST /tasks`. `id` is the caller's own; `parent` the id of a task made here, and `made` its results
    as the caller keeps them: they stay when ours are gone. `sequel` and `sequel_made` are the same of a task that this
    one leads up to.

    `negative_prompt`, `quality`, `guidance` and `model` are taken note of and make no difference.
    """

    id: str
    kind: Kind
    model: str = ""
    action: Action = Action.GENERATE
    prompt: str = ""
    negative_prompt: str = ""
    seconds: float | None = None
    size: str | None = None
    aspect: str | None = None
    resolution: str | None = None
    fps: int | None = None
    seed: int | None = None
    count: int = 1
    audio: bool | None = None
    watermark: bool | None = None
    quality: str | None = None
    guidance: float | None = None
    camera: str | None = None
    loop: bool | None = None
    voice: str | None = None
    language: str | None = None
    format: str | None = None
    inputs: tuple[Medium, ...] = ()
    parent: str | None = None
    made: tuple[Medium, ...] = ()
    sequel: str | None = None
    sequel_made: tuple[Medium, ...] = ()

    def file(self, *roles: Role) -> str | None:
        """The first input in one of these roles, the first role first."""
        return next((item.file for role in roles for item in self.inputs if item.role is role), None)


def read(body: bytes) -> Wanted:
    """The request as it stands in a body, checked. Raises `Refused`."""
    try:
        wanted = msgspec.json.decode(body, type=Wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"the request could not be read: {error}"[:500]) from None
    check(wanted)
    return wanted


def understood(wanted: Wanted) -> tuple[Wanted, Directives]:
    """The request without the directives in its prompt, and the directives. Raises `Refused`."""
    try:
        clean, directives = parse(wanted.prompt)
    except BadDirective as error:
        raise Refused(str(error)) from None
    return msgspec.structs.replace(wanted, prompt=clean), directives


def check(wanted: Wanted) -> None:
    """Raises `Refused` for what cannot be rendered."""
    if not ID.fullmatch(wanted.id):
        raise Refused("id must be 1 to 80 letters, digits, '-' or '_'")
    if not 1 <= wanted.count <= COUNTS[wanted.kind]:
        raise Refused(f"count must be from 1 to {COUNTS[wanted.kind]} for a task of kind {wanted.kind}")
    if wanted.kind in LENGTHS:
        _check_sound(wanted)
        return
    _check_frame(wanted)
    if wanted.action is Action.UPSCALE and not wanted.parent and not source(wanted):
        raise Refused("there is nothing to enlarge: give a video, a reference or a parent")


def _check_sound(wanted: Wanted) -> None:
    """A song takes its time, a text is said at its own pace."""
    if wanted.seconds is not None and not 0 < wanted.seconds <= LENGTHS[wanted.kind]:
        raise Refused(f"seconds must be more than 0 and at most {LENGTHS[wanted.kind]:g} for {wanted.kind}")
    if wanted.format is not None and wanted.format not in SOUND_FORMATS:
        raise Refused(f"format must be one of {', '.join(SOUND_FORMATS)}")
    if wanted.action in {Action.EXTEND, Action.UPSCALE}:
        raise Refused(f"the sandbox cannot {wanted.action} {wanted.kind}")
    if wanted.kind is Kind.SPEECH and wanted.seconds is None and len(wanted.prompt) > MOST_SAID:
        raise Refused(f"the sandbox says at most {MOST_SAID} characters; there are {len(wanted.prompt)}")
    if not wanted.prompt.strip() and not wanted.inputs:
        raise Refused("there is nothing to say or to play: give a prompt or a recording")


def _check_frame(wanted: Wanted) -> None:
    if wanted.seconds is not None and not 0 < wanted.seconds <= LONGEST:
        raise Refused(f"seconds must be more than 0 and at most {LONGEST:g}")
    if wanted.fps is not None and not 1 <= wanted.fps <= FASTEST:
        raise Refused(f"fps must be from 1 to {FASTEST}")
    pair = parse_pair(wanted.size) if wanted.size else None
    if wanted.size and (pair is None or not LEAST <= min(pair) <= max(pair) <= SIDE):
        raise Refused(f"size must be width x height, each from {LEAST} to {SIDE}, such as 1280x720")
    if wanted.aspect and parse_pair(wanted.aspect) is None:
        raise Refused("aspect must be a shape such as 16:9")
    if wanted.resolution and wanted.resolution.lower() not in SHORT_SIDES:
        raise Refused(f"resolution must be one of {', '.join(SHORT_SIDES)}")


def source(wanted: Wanted) -> str | None:
    """The input that an edit, a variation or an enlargement starts from."""
    return wanted.file(Role.VIDEO, Role.REFERENCE, Role.FIRST_FRAME)


def seed_of(wanted: Wanted) -> int:
    """The seed that was given, or one that depends on the prompt alone."""
    if wanted.seed is not None:
        return wanted.seed
    return int.from_bytes(hashlib.sha256(wanted.prompt.encode()).digest()[:4]) >> 1


def size_of(wanted: Wanted) -> tuple[int, int]:
    """Width and height in even pixels, from words alone; what is too large by its shape is made to fit."""
    wide, high = pixels(wanted.size, wanted.aspect, wanted.resolution, SIZES[wanted.kind])
    return fit(wide, high, wide * high)


def fit(wide: float, high: float, area: int, short: int | None = None) -> tuple[int, int]:
    """A size of this shape, no side longer than `SIDE`: of about this area (1080x1920 at 1280·720 → 720x1280), or with
    `short` as its short side (1024x640 at 720 → 1152x720).
    """
    wide, high = min(wide, high * SHAPE), min(high, wide * SHAPE)
    scale = short / min(wide, high) if short else math.sqrt(area / (wide * high))
    scale = min(scale, SIDE / max(wide, high))
    return even(max(LEAST, wide * scale)), even(max(LEAST, high * scale))


def plan(  # noqa: PLR0913 - what is asked for, what is there, and where it goes
    wanted: Wanted,
    directives: Directives,
    *,
    parent: Medium | None,
    sequel: Medium | None = None,
    profile: str,
    name: Callable[[int, str], tuple[str, str]],
) -> tuple[Job, ...]:
    """The jobs of a task, one a file. `parent` and `sequel` are the results of the tasks that it goes on from and leads
    up to; None if they have gone: the words decide alone.

    `name` gives fence and target for a place and an ending. Raises `Refused` when there is nothing left to enlarge.
    """
    if wanted.kind in LENGTHS:
        return _heard(wanted, directives, profile=profile, name=name)
    before = parent.file if parent else None
    given = source(wanted) or before
    if wanted.action is Action.UPSCALE and given is None:
        raise Refused("the task to enlarge is no longer kept here; give the file itself")
    start = wanted.file(Role.FIRST_FRAME, Role.LAST_FRAME, Role.VIDEO)
    told = wanted.size or wanted.aspect
    wide, high = size_of(wanted)
    continues = (wanted.file(Role.VIDEO) or before) if wanted.action is Action.EXTEND else None
    enlarges = given if wanted.action is Action.UPSCALE else None
    after = sequel.file if sequel else None
    like = start or (given or after if wanted.action is not Action.GENERATE else None)
    references = tuple(item.file for item in wanted.inputs if item.role is Role.REFERENCE)
    video = wanted.file(Role.VIDEO) if continues is None else None
    if parent and wanted.action in {Action.EDIT, Action.VARY} and not (references or video):
        references, video = ((), before) if parent.role is Role.VIDEO else ((parent.file,), None)
    ending = FORMATS[wanted.kind]
    jobs: list[Job] = []
    for place in range(wanted.count):
        fence, target = name(place, ending)
        brief = Brief(
            kind=wanted.kind.value,
            prompt=wanted.prompt,
            seed=(seed_of(wanted) + place) % 2**63,
            width=wide,
            height=high,
            seconds=wanted.seconds or SECONDS,
            fps=float(wanted.fps or FPS),
            first=wanted.file(Role.FIRST_FRAME),
            last=wanted.file(Role.LAST_FRAME),
            references=references,
            video=video,
            audio=wanted.file(Role.AUDIO),
            characters=tuple(item.file for item in wanted.inputs if item.role is Role.CHARACTER),
            camera=wanted.camera or "",
            sound=wanted.audio is True,
            loop=wanted.loop is True,
            watermark=wanted.watermark is not False,
            format=ending,
            profile=profile,  # pyright: ignore[reportArgumentType] - the settings' own word
        )
        jobs.append(
            Job(
                fence=fence,
                target=target,
                brief=brief,
                like=None if told or enlarges else like,
                area=wide * high,
                short=SHORT_SIDES.get((wanted.resolution or "").lower()),
                continues=continues,
                leads_to=after,
                lasts_like=video if wanted.action is Action.EDIT and wanted.seconds is None else None,
                enlarges=enlarges,
                pad=int(directives.size * 1_000_000),
            )
        )
    return tuple(jobs)


def _heard(
    wanted: Wanted, directives: Directives, *, profile: str, name: Callable[[int, str], tuple[str, str]]
) -> tuple[Job, ...]:
    """The jobs for what is heard. A recording is worked on where that was asked, or nothing else is there to say;
    beside a text it lends its voice.
    """
    recording = wanted.file(Role.AUDIO, Role.VIDEO) if wanted.kind is Kind.SPEECH else None
    works = recording is not None and (wanted.action is not Action.GENERATE or not wanted.prompt.strip())
    film = wanted.file(Role.VIDEO) if wanted.kind is Kind.SOUND else None
    lent = Path(recording).name if recording and not works else ""
    ending = wanted.format or SOUND_FORMATS[0]
    jobs: list[Job] = []
    for place in range(wanted.count):
        fence, target = name(place, ending)
        brief = Brief(
            kind=wanted.kind.value,
            prompt=wanted.prompt,
            seed=(seed_of(wanted) + place) % 2**63,
            seconds=wanted.seconds or (None if film else USUAL.get(wanted.kind)),
            video=film,
            audio=recording if works else None,
            loop=wanted.loop is True,
            voice=wanted.voice or lent,
            language=wanted.language or "",
            format=ending,
            profile=profile,  # pyright: ignore[reportArgumentType] - the settings' own word
        )
        jobs.append(Job(fence=fence, target=target, brief=brief, pad=int(directives.size * 1_000_000)))
    return tuple(jobs)
