"""Time in a clip. Whatever moves asks the clock, so that a loop closes without any scene knowing of loops."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """`frames` pictures at `fps`; with `loop` the frame after the last one is the first one again."""

    frames: int
    fps: float
    loop: bool = False

    def seconds(self, frame: int) -> float:
        """When a frame is shown."""
        return frame / self.fps

    def travel(self, frame: int) -> float:
        """Seconds for what passes by; in a loop it goes forth and back."""
        if self.loop:
            return math.sin(2 * math.pi * frame / self.frames) * self.frames / self.fps / 4
        return self.seconds(frame)

    def progress(self, frame: int) -> float:
        """How far the camera has gone: 0 to 1 with soft ends; in a loop there and back again."""
        if self.loop:
            return 0.5 - 0.5 * math.cos(2 * math.pi * frame / self.frames)
        t = frame / max(1, self.frames - 1)
        return t * t * (3 - 2 * t) * 0.65 + t * 0.35

    def turns(self, frame: int, period: float) -> float:
        """How many rounds of `period` seconds have passed; a loop makes it a whole number in the end."""
        total = self.frames / self.fps / period
        if self.loop:
            total = max(1.0, float(round(total)))
        return total * frame / self.frames

    def after_start(self, frame: int, ramp: float) -> float:
        """0 at the first frame, 1 after `ramp` seconds."""
        return min(1.0, frame / (self.fps * ramp))

    def before_end(self, frame: int, ramp: float) -> float:
        """0 at the last frame, 1 until `ramp` seconds before it."""
        return min(1.0, (self.frames - 1 - frame) / (self.fps * ramp))
