"""A renderer that is quick, and whose process crashes or hangs when the prompt says so."""

from __future__ import annotations

import os
import time
from pathlib import Path

from PIL import Image

from framegate.local.studio.brief import BadMedia, Brief, Progress, Stopped


def render(brief: Brief, target: Path, progress: Progress) -> None:
    """A flat picture (under any ending), coloured by the seed."""
    steps = 60 if "slow" in brief.prompt else 4
    for step in range(steps):
        if not progress(step / steps) and "deaf" not in brief.prompt:
            raise Stopped
        time.sleep(0.025 if steps > 4 else 0.005)
    if "hang" in brief.prompt:
        time.sleep(0.15)  # progress is told ten times a second
        progress(0.9)
        time.sleep(3600)
    if "crash" in brief.prompt:
        once = Path(brief.first or "")
        if "once" not in brief.prompt or not once.exists():
            if "once" in brief.prompt:
                once.touch()
            os._exit(9)
    if "bug" in brief.prompt:
        raise ZeroDivisionError
    if "unreadable" in brief.prompt:
        raise BadMedia("the first frame is no picture")
    colour = (brief.seed % 256, brief.seed // 256 % 256, 0)
    Image.new("RGB", (brief.width, brief.height), colour).save(target, "PNG")
