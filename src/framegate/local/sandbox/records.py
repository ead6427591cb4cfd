"""Tasks on disk, one JSON file each: `open/` while unfinished, `done/` afterwards; results lie in `files/`.

A file is written beside its place, synced and renamed, so that a kill leaves the old or the new one. Finished tasks and
their results go after `KEEP` seconds, sooner when all results together exceed `ROOM` bytes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from framegate.core.task import Failure
from framegate.local.sandbox.wanted import Wanted

KEEP = 3600.0
"""Seconds for which a finished task and its results are kept."""
ROOM = 1_000_000_000
"""Bytes that all results may take; beyond, the oldest go first …"""
AT_LEAST = 600.0
"""… but none younger than this many seconds."""
PART = "part-"
"""How the name of an unfinished file begins."""

Word = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class Made(msgspec.Struct, frozen=True, omit_defaults=True):
    """One result: the name of its file and the seconds that it lasts, or why there is none."""

    file: str = ""
    failure: Failure | None = None
    seconds: float | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task. `wanted` is the request as it came, directives and all; `created_at` in Unix seconds."""

    id: str
    kind: str
    state: Word
    created_at: float
    wanted: Wanted | None = None
    made: tuple[Made, ...] = ()
    failure: Failure | None = None


def prepare(folder: Path) -> list[Record]:
    """Make the folders, remove what a kill left behind, and return the unfinished tasks, oldest first."""
    for name in ("open", "done", "files"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for path in (folder / name).glob(f"{PART}*"):
            path.unlink(missing_ok=True)
    found: list[Record] = []
    for path in (folder / "open").glob("*.json"):
        if (folder / "done" / path.name).exists() or (record := _read(path)) is None:
            path.unlink(missing_ok=True)
        else:
            found.append(record)
    return sorted(found, key=lambda record: record.created_at)


def opened(folder: Path, record: Record) -> None:
    """Write down an unfinished task."""
    _write(folder / "open" / f"{record.id}.json", record)


def finished(folder: Path, record: Record, parts: tuple[tuple[str, str], ...] = ()) -> None:
    """Give the results their final names (`parts`: from, to), then write the task down as finished."""
    for part, name in parts:
        Path(part).rename(folder / "files" / name)
    if parts:
        _sync(folder / "files")
    _write(folder / "done" / f"{record.id}.json", record)
    (folder / "open" / f"{record.id}.json").unlink(missing_ok=True)


def look(folder: Path, task_id: str) -> Record | None:
    """A finished task."""
    return _read(folder / "done" / f"{task_id}.json")


def listed(folder: Path, most: int) -> list[Record]:
    """The `most` tasks that finished last."""
    newest = sorted(_files(folder / "done"), reverse=True)
    found = (_read(path) for _, _, path in newest[:most] if not path.name.startswith(PART))
    return [record for record in found if record is not None]


def sweep(folder: Path) -> int:
    """Remove what is old, and what is too much; returns how many files went."""
    now, gone, total = time.time(), 0, 0
    for modified, size, path in sorted([*_files(folder / "files"), *_files(folder / "done")], reverse=True):
        total += size
        age = now - modified
        if age > KEEP or (total > ROOM and age > AT_LEAST):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def remembered(folder: Path) -> list[str]:
    """The finished tasks that are still kept."""
    with contextlib.suppress(FileNotFoundError):
        return [path.stem for path in (folder / "done").glob("*.json")]
    return []


def forget(folder: Path, task_ids: Sequence[str]) -> int:
    """Remove finished tasks and their results; how many files went."""
    gone = 0
    for task_id in task_ids:
        record = look(folder, task_id)
        names = [item.file for item in record.made if item.file] if record else []
        for path in (*(folder / "files" / name for name in names), folder / "done" / f"{task_id}.json"):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                gone += 1
    return gone


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each file was last written, and the bytes that it takes on the disk."""
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found = entry.stat()
            except FileNotFoundError:
                continue
            yield found.st_mtime, found.st_blocks * 512, Path(entry.path)


def _read(path: Path) -> Record | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _write(path: Path, record: Record) -> None:
    part = path.with_name(f"{PART}{secrets.token_hex(8)}")
    try:
        with part.open("xb") as file:
            file.write(msgspec.json.encode(record))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make a rename last. Windows cannot open a folder, and needs not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
