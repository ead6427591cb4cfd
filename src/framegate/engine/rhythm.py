"""When to look at a running task: few looks early, close together near the expected end, learned from what has ended.

How long tasks of one model take is near enough log-normal. Looks are placed where the integral of the square root of
the hazard passes whole numbers, scaled so that an end is noticed as late, on average, as a plain loop would notice it:
that is within a few hundredths of the fewest looks there can be at this delay (a test computes the optimum).

Pure: durations in seconds, no clock.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

import msgspec

DELAY = 2.5
"""Seconds, on average, from an end to its notice: what a loop of 5 seconds has."""
ENOUGH = 8
"""Ends that must have been seen before they are believed."""
FORGET = 200
"""Ends that are remembered: older ones fade."""
SPREAD = (0.1, 1.5)
"""The least and the greatest spread (sigma of the logarithm) that is believed."""
TAIL = 60.0
"""The longest wait between two looks once a task is overdue."""
STEPS = 400
REACH = 4.0
"""Standard deviations on each side that the curve covers."""


class Pace(msgspec.Struct, frozen=True):
    """What has been learned of one model at one upstream: mean and variance of ln(seconds) over `n` ends."""

    n: int = 0
    mean: float = 0.0
    variance: float = 0.0

    @property
    def known(self) -> bool:
        return self.n >= ENOUGH


def learn(pace: Pace, seconds: float) -> Pace:
    """With one more end: a running mean and variance that forget."""
    x = math.log(max(seconds, 0.05))
    n = min(pace.n + 1, FORGET)
    share = 1 / n
    off = x - pace.mean
    return Pace(n, pace.mean + share * off, (1 - share) * (pace.variance + share * off * off))


def next_look(pace: Pace, elapsed: float, least: float) -> float:
    """Seconds from now to the next look at a task that has been running for `elapsed` seconds; at least `least`."""
    looks = schedule(round(pace.mean, 2), round(sigma(pace), 2))
    place = bisect_left(looks, elapsed + least)
    if place < len(looks):
        return looks[place] - elapsed
    return min(TAIL, max(least, elapsed / 4))


def sigma(pace: Pace) -> float:
    """The spread to reckon with: a little more than was seen while little was seen."""
    low, high = SPREAD
    return min(max(math.sqrt(pace.variance) * (1 + 2 / max(1, pace.n)), low), high)


@lru_cache(maxsize=512)
def schedule(mean: float, spread: float, delay: float = DELAY) -> tuple[float, ...]:
    """The times of all looks, in seconds from the start, for a mean delay of `delay` seconds."""
    low, high = 1e-3, 1e2
    for _ in range(24):
        middle = math.sqrt(low * high)
        late = expected(_looks(mean, spread, middle), mean, spread).delay > delay
        low, high = (middle, high) if late else (low, middle)
    return _looks(mean, spread, high)


class Expected(NamedTuple):
    """What a schedule costs on average: looks a task, and seconds from its end to its notice."""

    looks: float
    delay: float


def expected(looks: tuple[float, ...], mean: float, spread: float) -> Expected:
    """The cost of a schedule when ln(seconds) is normal; beyond its end the last step is repeated."""
    count = delay = before = 0.0
    end = math.exp(mean + 5 * spread)
    final = looks[-1] if looks else 0.0
    step = max(final - (looks[-2] if len(looks) > 1 else 0.0), 1e-3)
    tail = [final + step * n for n in range(1, 1 + min(500, math.ceil(max(0.0, end - final) / step)))]
    moment = 0.0
    for at in (*looks, *tail):
        passed, reached = _below(at, mean, spread), _moment(at, mean, spread)
        count += 1 - before
        delay += at * (passed - before) - (reached - moment)
        before, moment = passed, reached
    return Expected(count, delay)


def _looks(mean: float, spread: float, scale: float) -> tuple[float, ...]:
    """Where `scale` times the integral passes 1, 2, 3 and so on."""
    times, sums = _curve(spread)
    median = math.exp(mean)
    looks: list[float] = []
    for number in range(1, int(sums[-1] * scale) + 1):
        wanted = number / scale
        place = bisect_left(sums, wanted)
        left, right = sums[place - 1], sums[place]
        share = (wanted - left) / (right - left)
        looks.append(median * (times[place - 1] + share * (times[place] - times[place - 1])))
    return tuple(looks) or (median * times[-1],)


@lru_cache(maxsize=256)
def _curve(spread: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Times in units of the median, and the integral of the square root of the hazard up to each."""
    times = [math.exp(spread * REACH * (2 * n / STEPS - 1)) for n in range(STEPS + 1)]
    roots = [math.sqrt(_hazard(time, spread)) for time in times]
    sums = [0.0]
    for n in range(1, len(times)):
        sums.append(sums[-1] + (roots[n] + roots[n - 1]) / 2 * (times[n] - times[n - 1]))
    return tuple(times), tuple(sums)


def _hazard(time: float, spread: float) -> float:
    z = math.log(time) / spread
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / (spread * time)
    return density / max(1e-12, _normal(-z))


def _below(time: float, mean: float, spread: float) -> float:
    return _normal((math.log(time) - mean) / spread)


def _moment(time: float, mean: float, spread: float) -> float:
    """The part of the mean duration that lies below `time`."""
    square = spread * spread
    return math.exp(mean + square / 2) * _normal((math.log(time) - mean - square) / spread)


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
