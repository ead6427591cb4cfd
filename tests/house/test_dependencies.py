"""Locks, what is imported, and what a start costs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

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
        if not re.match(r"[a-z0-9-]+==\S+[^\n]*\\\n\s+--hash=", entry)
    ]
    assert [] == loose


@pytest.mark.parametrize("group", ["run", "build", "dev", "zhipuai"])
def test_locks_hold_what_the_project_asks_for(group: str):
    locked = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / f"{group}.txt").read_text(), re.MULTILINE)
    )
    assert set() == set(project()[group]) - locked


def test_the_lock_for_development_holds_the_one_for_running_as_it_is():
    def pins(lock: str) -> set[str]:
        return set(
            re.findall(
                r"^([a-z0-9-]+==[^\\\n]+)", (ROOT / "requirements" / f"{lock}.txt").read_text(), re.MULTILINE
            )
        )

    assert set() == (pins("run") | pins("build")) - pins("dev")


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
