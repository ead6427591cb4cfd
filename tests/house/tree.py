"""What the house tests look at: the files of this repository, as git would take them."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SKIPPED = re.compile(r"^(\.(?!ci/|gitignore)|build/|data/|dist/|out/)|__pycache__")
"""What is made, not kept: for a tree without git."""
SOURCE = ROOT / "src" / "framegate"
PURE = ("core", "dialects", "providers", "access", "ledger", "routing", "engine/lifecycle.py")
"""What holds no I/O, no clock and no chance, below `src/framegate`."""


@cache
def files() -> tuple[Path, ...]:
    """All files that git tracks or would track; an unpacked archive is taken as it is."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - git is on the PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    found = [ROOT / name for name in names if name] or [
        path for path in ROOT.rglob("*") if not SKIPPED.search(path.relative_to(ROOT).as_posix())
    ]
    return tuple(sorted(path for path in found if path.is_file()))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules() -> list[Path]:
    """The package's Python files."""
    return [path for path in files() if path.suffix == ".py" and SOURCE in path.parents]


def pure() -> list[Path]:
    return [path for path in modules() if path.relative_to(SOURCE).as_posix().startswith(PURE)]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))
