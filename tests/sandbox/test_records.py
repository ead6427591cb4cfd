"""What is on disk survives, and does not grow."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec
import pytest

from framegate.local.sandbox import records
from framegate.local.sandbox.records import Made, Record


def record(task_id: str = "t1", at: float = 1.0) -> Record:
    return Record(id=task_id, kind="image", state="queued", created_at=at)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_unfinished_tasks_come_back_oldest_first_and_parts_go(tmp_path: Path):
    records.prepare(tmp_path)
    for task_id, at in (("b", 2.0), ("a", 3.0), ("c", 1.0)):
        records.opened(tmp_path, record(task_id, at))
    (tmp_path / "files" / "part-1.mp4").write_bytes(b"half")
    (tmp_path / "open" / "part-2").write_bytes(b"half")
    (tmp_path / "open" / "x.json").write_bytes(b'{"id": "x"')
    assert ["c", "b", "a"] == [found.id for found in records.prepare(tmp_path)]
    assert ["open/a.json", "open/b.json", "open/c.json"] == names(tmp_path)


def test_a_finished_task_moves_with_its_result(tmp_path: Path):
    records.prepare(tmp_path)
    records.opened(tmp_path, record())
    part = tmp_path / "files" / "part-1.png"
    part.write_bytes(b"png")
    done = msgspec.structs.replace(record(), state="succeeded", made=(Made(file="t1-0.png"),))
    records.finished(tmp_path, done, ((str(part), "t1-0.png"),))
    assert ["done/t1.json", "files/t1-0.png"] == names(tmp_path)
    assert done == records.look(tmp_path, "t1")
    assert records.look(tmp_path, "t2") is None


def test_a_kill_between_the_two_steps_of_finishing_loses_nothing(tmp_path: Path):
    records.prepare(tmp_path)
    records.finished(tmp_path, msgspec.structs.replace(record(), state="failed"))
    records.opened(tmp_path, record())
    assert records.prepare(tmp_path) == []
    assert ["done/t1.json"] == names(tmp_path)


def test_a_result_that_cannot_be_written_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    records.prepare(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        records.opened(tmp_path, record())
    assert names(tmp_path) == []


def full(_handle: int) -> None:
    raise OSError("the disk is full")


def test_old_files_go_and_too_many_go_oldest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    records.prepare(tmp_path)
    now = time.time()
    ages = {"old": 3700, "first": 1300, "second": 1200, "new": 10, "part-old": 9000, "part-new": 1}
    for name, age in ages.items():
        path = tmp_path / "files" / name
        path.write_bytes(b"x" * 100_000)
        os.utime(path, (now - age, now - age))
    assert records.sweep(tmp_path) == 2
    assert ["files/first", "files/new", "files/part-new", "files/second"] == names(tmp_path)
    monkeypatch.setattr(records, "ROOM", 350_000)
    assert records.sweep(tmp_path) == 1
    monkeypatch.setattr(records, "ROOM", 1)
    assert records.sweep(tmp_path) == 1
    assert ["files/new", "files/part-new"] == names(tmp_path)


def test_the_list_is_of_those_that_finished_last(tmp_path: Path):
    records.prepare(tmp_path)
    for place in range(4):
        records.finished(tmp_path, record(f"t{place}"))
        os.utime(tmp_path / "done" / f"t{place}.json", (place, place))
    assert ["t3", "t2"] == [found.id for found in records.listed(tmp_path, 2)]
