"""Locks, what is imported, and what a start costs."""

from __future__ import annotations

import ast
import contextlib
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from house.tree import ROOT, modules, name, parsed

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
MODULES = {
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "prometheus-client": "prometheus_client",
    "python-multipart": "python_multipart",
}
"""Where a package's module is not called like the package."""
UNSEEN = {"httptools": 'uvicorn reads HTTP with it: http="httptools"'}
"""Dependencies that are used without an import of ours."""
HEAVY = ("numpy", "cv2", "av", "PIL", "asyncpg")


def project() -> dict[str, list[str]]:
    """Names of packages, by what needs them: `run`, and each group of pyproject.toml."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {"run": read["project"]["dependencies"], **read["dependency-groups"]}
    return {
        group: [re.split(r"[<>=!~;\[ ]", line)[0] for line in lines if isinstance(line, str)]
        for group, lines in groups.items()
    }


@pytest.mark.parametrize("path", REQUIREMENTS, ids=name)
def test_locks_name_no_address_and_pin_every_package_with_hashes(path: Path):
    text = path.read_text()
    assert [] == re.findall(r"^-.*|.*://.*", text, re.MULTILINE)
    entries = re.split(r"\n(?=[a-z])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    loose = [
        entry.splitlines()[0]
        for entry in entries
        if not re.match(r"[a-z0-9-]+(?:\[[a-z0-9,-]+\])?==\S+[^\n]*\\\n\s+--hash=", entry)
    ]
    assert [] == loose


@pytest.mark.parametrize("group", ["run", "build", "dev", "zhipuai"])
def test_locks_hold_what_the_project_asks_for(group: str):
    locked = set(
        re.findall(
            r"^([a-z0-9-]+)(?:\[.*\])?==", (ROOT / "requirements" / f"{group}.txt").read_text(), re.MULTILINE
        )
    )
    assert set() == set(project()[group]) - locked


def test_the_lock_for_development_holds_the_one_for_running_as_it_is():
    def pins(lock: str) -> set[str]:
        return set(
            re.findall(
                r"^([a-z0-9-]+(?:\[.*\])?==[^\\\n]+)",
                (ROOT / "requirements" / f"{lock}.txt").read_text(),
                re.MULTILINE,
            )
        )

    assert set() == (pins("run") | pins("build")) - pins("dev")


def test_locks_pin_a_package_with_the_extras_that_others_ask_of_it():
    """An older pip takes a package with extras for another one, and chooses its newest version: it has no hash."""
    text = (ROOT / "requirements" / "dev.txt").read_text()
    pinned = {
        found[1]: set(filter(None, (found[2] or "").split(",")))
        for found in re.finditer(r"^([a-z0-9-]+)(?:\[(.*)\])?==", text, re.MULTILINE)
    }
    asked = [
        (package, Requirement(line))
        for package in pinned
        for line in (requires(package) if is_installed(package) else None) or ()
    ]
    bare = [
        f"{package} asks for {wanted}"
        for package, wanted in asked
        if (wanted.marker is None or wanted.marker.evaluate({"extra": ""}))
        and not wanted.extras <= pinned.get(canonicalize_name(wanted.name), set())
    ]
    assert (True, []) == (len(asked) > 100, bare)


def is_installed(package: str) -> bool:
    """Not every package of a lock is for every machine."""
    with contextlib.suppress(PackageNotFoundError):
        return bool(version(package))
    return False


def test_every_dependency_is_used():
    imported = {
        module.partition(".")[0]
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    unused = {
        d for d in project()["run"] if MODULES.get(d, d.replace("-", "_")) not in imported and d not in UNSEEN
    }
    assert set() == unused


def test_a_start_of_the_program_loads_nothing_heavy():
    script = f"import sys, framegate.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
