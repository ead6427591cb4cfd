"""Learned polling costs little more than the fewest looks there can be, at the delay of a plain loop of 5 seconds."""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framegate.engine.rhythm import DELAY, Pace, expected, learn, next_look, schedule, sigma

MEDIAN = math.log(60)
LOOP = tuple(5.0 * n for n in range(1, 200))


def optimum(mean: float, spread: float, delay: float, steps: int = 150) -> float:
    """The fewest looks on average at this mean delay: dynamic programming over a grid of times."""
    times = [0.0, *(math.exp(mean + spread * (-4 + 8.5 * n / steps)) for n in range(steps + 1))]
    below = [0.0 if t == 0 else 0.5 * math.erfc(-(math.log(t) - mean) / spread / math.sqrt(2)) for t in times]
    square = spread * spread
    moment = [
        0.0
        if t == 0
        else math.exp(mean + square / 2)
        * 0.5
        * math.erfc(-(math.log(t) - mean - square) / spread / math.sqrt(2))
        for t in times
    ]

    def best(price: float) -> tuple[float, ...]:
        value, follow = [0.0] * len(times), [0] * len(times)
        for i in range(len(times) - 2, -1, -1):
            value[i], follow[i] = min(
                (
                    1
                    - below[i]
                    + price * (times[j] * (below[j] - below[i]) - moment[j] + moment[i])
                    + value[j],
                    j,
                )
                for j in range(i + 1, len(times))
            )
        looks, place = [], 0
        while place < len(times) - 1:
            place = follow[place]
            looks.append(times[place])
        return tuple(looks)

    low, high = 1e-3, 1e2
    for _ in range(14):
        middle = math.sqrt(low * high)
        late = expected(best(middle), mean, spread).delay > delay
        low, high = (middle, high) if late else (low, middle)
    return expected(best(high), mean, spread).looks


@pytest.mark.parametrize(("spread", "share"), [(0.2, 0.45), (0.3, 0.6)])
def test_looks_on_traces_of_known_spread(spread: float, share: float) -> None:
    """Simulated, task by task, after learning from the same kind of tasks; the issue's own figures."""
    source = random.Random(7)
    pace = Pace()
    for _ in range(200):
        pace = learn(pace, source.lognormvariate(MEDIAN, spread))
    ours, loop = [], []
    for _ in range(4000):
        end = source.lognormvariate(MEDIAN, spread)
        at, looks = 0.0, 0
        while at < end:
            at += next_look(pace, at, 1.0)
            looks += 1
        ours.append((looks, at - end))
        place = bisect_left(LOOP, end)
        loop.append((place + 1, LOOP[place] - end))
    mean_looks, mean_delay = (sum(column) / len(ours) for column in zip(*ours, strict=True))
    loop_looks, loop_delay = (sum(column) / len(loop) for column in zip(*loop, strict=True))
    assert mean_delay <= loop_delay * 1.05
    assert mean_looks / loop_looks <= share


@pytest.mark.parametrize("spread", [0.15, 0.2, 0.3, 0.5])
def test_looks_are_near_the_optimum(spread: float) -> None:
    got = expected(schedule(MEDIAN, spread), MEDIAN, spread)
    assert abs(got.delay - DELAY) < 0.02
    assert got.looks <= 1.25 * optimum(MEDIAN, spread, DELAY)


def test_a_model_that_changes_is_learned_anew() -> None:
    source = random.Random(3)
    pace = Pace()
    for mean in (math.log(30), math.log(120)):
        for _ in range(600):
            pace = learn(pace, source.lognormvariate(mean, 0.2))
        assert abs(pace.mean - mean) < 0.1
        assert 0.1 < sigma(pace) < 0.4


@settings(deadline=None)
@given(
    st.builds(Pace, st.integers(0, 300), st.floats(-2, 9), st.floats(0, 9)),
    st.floats(0, 1e5),
    st.floats(0.5, 10),
)
def test_the_next_look_is_always_in_time(pace: Pace, elapsed: float, least: float) -> None:
    wait = next_look(pace, elapsed, least)
    assert least * 0.999 <= wait
    assert math.isfinite(wait)
    assert all(one < other for one, other in pairwise(schedule(round(pace.mean, 2), round(sigma(pace), 2))))
