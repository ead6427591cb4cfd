"""Identifiers: no two alike, from whichever thread, and in the order of their times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from framegate.engine.ids import DRAWN, first_id, new_id


def test_no_two_are_alike_whoever_asks() -> None:
    count = 4 * DRAWN + 1
    with ThreadPoolExecutor(4) as pool:
        parts = pool.map(lambda _: [new_id("task", 1) for _ in range(count)], range(4))
    names = [name for part in parts for name in part]
    assert 4 * count == len(set(names))
    assert {len("task_") + 26} == {len(name) for name in names}


def test_ids_sort_by_their_times() -> None:
    times = [1_730_704_359_531, 1_730_704_359_532, 1_893_456_000_000]
    names = [new_id("task", at) for at in times]
    assert sorted(names) == names
    for at, name in zip(times, names, strict=True):
        assert first_id("task", at) <= name < first_id("task", at + 1)
