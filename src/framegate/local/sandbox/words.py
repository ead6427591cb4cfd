"""What the server and its renderers say to one another: one JSON object a line."""

from __future__ import annotations

import msgspec

from framegate.local.studio.brief import Brief


class Job(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file to render, as the server asks for it.

    `fence` names this try: the worker writes to `target`, which bears it, and only the server gives a file its final
    name. `like` is a picture or video whose shape the result takes, with `short` pixels on its short side if that was
    asked for, else at an area of `area` pixels; `continues` one whose last frame becomes the first frame, `leads_to`
    one whose first frame becomes the last, `lasts_like` one that the result is as long as. They may have gone by now,
    then the brief stands as it is. `enlarges` is the medium that is made larger in place of drawing something new.
    `pad` is the least size in bytes.
    """

    fence: str
    target: str
    brief: Brief
    like: str | None = None
    area: int = 0
    short: int | None = None
    continues: str | None = None
    leads_to: str | None = None
    lasts_like: str | None = None
    enlarges: str | None = None
    pad: int = 0


class Down(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From the server: a job, or the fence of the job to stop."""

    job: Job | None = None
    stop: str | None = None


class Up(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From a worker, about the try `fence`: `progress`, or `ended` with "done", "stopped" or a word of `Cause`.

    `message` is fit for the customer. `resident` is the worker's memory in bytes. `seconds` is the length of what was
    made, where it has one.
    """

    fence: str
    progress: float = 0.0
    ended: str | None = None
    message: str = ""
    resident: int = 0
    seconds: float | None = None
