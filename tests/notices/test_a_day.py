"""A receiver that is away: its notice is tried for a day, less and less often, and is then on record as dead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from framegate.engine.notices import Notices
from vendors import Vendor, vendor
from virtual import HOUR, MINUTE, engine


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


async def test_a_notice_is_tried_for_24_hours(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await it.submit("[m:1]", callback_url="http://127.0.0.1:9/hook")
        await it.finished(task_id)
        notices = Notices(it.store, it.transport, b"m" * 32, ("127.0.0.1",))
        began, tried = it.clock.now, list[int]()
        while it.clock.now - began < 30 * HOUR:
            for row in await notices._claim(10):
                tried.append(it.clock.now - began)
                await notices._send(row)
            it.clock.now += 5_000 if it.clock.now - began < 2 * MINUTE else MINUTE
        [notice] = await it.store.rows("notices_of", task_id=task_id)
        assert ("dead", len(tried)) == (notice["state"], notice["tries"])
        assert 24 * HOUR <= tried[-1] < 30 * HOUR
        waits = [later - earlier for earlier, later in pairwise(tried)]
        assert (sorted(waits), True) == (waits, waits[0] <= 10_000)
        deliveries = await it.store.rows("deliveries_of_task", task_id=task_id, limit=100)
        assert len(tried) == len(deliveries)
