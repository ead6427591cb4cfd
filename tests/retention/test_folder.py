"""The shelf on the local disk, by several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from framegate.artifacts.local import Folder
from framegate.core.wire import Blob

AT_ONCE = 8


def blob(folder: Path, name: str) -> Blob:
    path = folder / f"{name}.part"
    path.write_bytes(name.encode())
    return Blob(str(path), len(name), name, "image/png")


def test_files_that_come_to_a_new_folder_at_the_same_moment_all_lie_there(tmp_path: Path) -> None:
    shelf, start = Folder(tmp_path / "artifacts"), Barrier(AT_ONCE)

    def put(one: Blob) -> None:
        start.wait()
        shelf._put_all((one,))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for turn in range(100):
            files = [blob(tmp_path, f"{turn:02}{n}") for n in range(AT_ONCE)]
            list(threads.map(put, files))
            assert [f.sha256 for f in files] == sorted(
                p.name for p in (tmp_path / "artifacts" / f"{turn:02}").iterdir()
            )


def test_a_file_that_lies_there_already_may_come_again_and_one_that_is_nowhere_may_not(
    tmp_path: Path,
) -> None:
    shelf, one = Folder(tmp_path / "artifacts"), blob(tmp_path, "abc")
    shelf._put_all((one, one))
    shelf._put_all((blob(tmp_path, "abc"),))
    assert (b"abc", []) == (
        (tmp_path / "artifacts" / "ab" / "abc").read_bytes(),
        list(tmp_path.glob("*.part")),
    )
    with pytest.raises(FileNotFoundError):
        shelf._put_all((Blob(str(tmp_path / "gone.part"), 1, "cd1", "image/png"),))
