"""What CONTRIBUTING.md says about adding a provider is done as it says, in a copy of the tree: the laws pass."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from house.tree import ROOT, files, name

pytestmark = pytest.mark.slow
SECTION = "## Add a provider in ten minutes"
PARTS = ("src/", "tests/contract/", "tests/exchanges/flux/", "tests/house/")
SINGLE = {
    "pyproject.toml",
    "tests/conftest.py",
    "tests/shared_fixtures.py",
    "tests/databases.py",
    "tests/running.py",
}


def section() -> str:
    _, _, after = (ROOT / "CONTRIBUTING.md").read_text().partition(SECTION)
    assert after
    return after.partition("\n## ")[0]


def written(to: Path) -> list[Path]:
    """The files of the section, each where it says."""
    text = section()
    (module,) = re.findall(r"`(src/framegate/providers/\w+\.py)`:\n\n```python\n(.*?)```", text, re.DOTALL)
    (folder,) = re.findall(r"`(tests/exchanges/\w+)/\*\.json`", text)
    exchanges = re.findall(r"^`([\w-]+\.json)`:\n\n```json\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    found = [module, *((f"{folder}/{file}", content) for file, content in exchanges)]
    paths: list[Path] = []
    for file, content in found:
        path = to / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        paths.append(path)
    return paths


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the laws need of the tree, without the other providers' exchanges."""
    for path in files():
        if name(path).startswith(PARTS) or name(path) in SINGLE:
            target = tmp_path / name(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return tmp_path


def laws(tree: Path) -> tuple[int, str]:
    """The command of the section, in the copy."""
    (command,) = re.findall(r"`\.venv/bin/pytest (tests/contract/test_providers\.py -k \w+)`", section())
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *command.split(), "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_provider_of_the_page_is_found_and_keeps_every_law(copy: Path):
    module, *exchanges = written(copy)
    status, said = laws(copy)
    assert 0 == status, said[-4000:]
    passed = re.search(r"(\d+) passed", said)
    assert passed
    assert int(passed[1]) >= 40, "laws over the file, its offer and each exchange"
    module.write_text(module.read_text().replace('if state == "done"', 'if state == "finished"'))
    exchanges[0].unlink()
    status, said = laws(copy)
    broken = set(re.findall(r"^FAILED \S+::(\w+)", said, re.MULTILINE))
    assert 1 == status
    assert {"test_exchanges_hold", "test_exchanges_are_complete"} <= broken
