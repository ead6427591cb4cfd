"""Make a virtual environment what its lock says, and say what is missing on this machine.

    python environment.py run|dev|zhipuai ...

`run` has the run-time dependencies, `dev` the tools as well (both are `.venv`), `zhipuai` is `.venv-zhipuai`. Nothing
is done where the stamp in the environment equals the locks' digest. Standard library only, and the machine's own pip
settings: it runs before anything is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"run": ("build", "run"), "dev": ("dev",), "zhipuai": ("zhipuai",)}
FREE = {"run": 1_500_000_000, "dev": 3_000_000_000, "zhipuai": 500_000_000}
"""Bytes that must be free on the disk to make each of them."""


def main(kinds: list) -> None:
    if sys.version_info[:2] < (3, 11):  # noqa: UP036 - whatever PYTHON names runs this file
        sys.exit(
            f"make: {sys.executable} is Python {sys.version_info[0]}.{sys.version_info[1]}; 3.11 or newer is needed. "
            "Name another one: make PYTHON=/path/to/python3.11 ..."
        )
    for kind in kinds:
        folder = ROOT / (".venv" if kind in ("run", "dev") else f".venv-{kind}")
        if not is_current(folder, kind):
            make(folder, kind)


def is_current(folder: Path, kind: str) -> bool:
    """Whether the environment works, lies where it was made, and has what the lock says. `dev` has all of `run`."""
    kinds = ("run", "dev") if kind == "run" else (kind,)
    return is_sound(folder) and any(
        stamp(folder, each).exists() and stamp(folder, each).read_text() == digest(each) for each in kinds
    )


def is_sound(folder: Path) -> bool:
    """Whether an environment's Python starts, and its programs name this folder (a moved one is of no use)."""
    activate = folder / "bin" / "activate"
    if not activate.exists() or str(folder) not in activate.read_text():
        return False
    try:
        return (
            subprocess.run([python(folder), "-c", "import pip"], capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


def make(folder: Path, kind: str) -> None:
    """Make or complete it, with the time that each step took."""
    need(kind)
    if not is_sound(folder):
        began = time.monotonic()
        shutil.rmtree(folder, ignore_errors=True)
        call([sys.executable, "-m", "venv", str(folder)])
        step(f"virtual environment {folder.name}, Python {'.'.join(map(str, sys.version_info[:3]))}", began)
    for each in LOCKS:
        stamp(folder, each).unlink(missing_ok=True)
    began = time.monotonic()
    locks = [argument for lock in LOCKS[kind] for argument in ("-r", str(path(lock)))]
    got = pip(folder, "--require-hashes", *locks)
    step(f"dependencies of requirements/{kind}.txt, by their hashes, {got / 1e6:.0f} MB downloaded", began)
    if kind in ("run", "dev"):
        began = time.monotonic()
        pip(folder, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        step("framegate itself", began)
    stamp(folder, kind).write_text(digest(kind))


def need(kind: str) -> None:
    """Stop, with the command that helps, where this machine lacks something."""
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
        sys.exit(
            f"make: this Python {version} cannot make virtual environments. On Debian and Ubuntu: "
            f"{sudo}apt-get update && {sudo}apt-get install -y python{version}-venv"
        )
    free = shutil.disk_usage(ROOT).free
    if free < FREE[kind]:
        sys.exit(
            f"make: {free / 1e9:.1f} GB free for {ROOT}; {FREE[kind] / 1e9:.1f} GB are needed. "
            "`make clean` and `pip cache purge` give some back"
        )


def pip(folder: Path, *arguments: str) -> float:
    """Install; how many bytes had to be downloaded for it, as pip tells them (what it has in its cache is not)."""
    quietly = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off")
    command = [python(folder), "-m", "pip", "install", *quietly, *arguments]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout[-4000:]}\nmake: this failed: {' '.join(command)}")
    return downloaded(done.stdout)


def downloaded(said: str) -> float:
    """Bytes by the lines of pip that tell of a download: `Downloading av-14.whl (33.2 MB)`."""
    found = re.findall(r"^\s*Downloading .*\(([\d.]+) (bytes|[kMG]B)\)", said, re.MULTILINE)
    return sum(float(size) * SIZES[unit] for size, unit in found)


SIZES = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def call(command: list) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        sys.exit(f"make: this failed: {' '.join(command)}")


def python(folder: Path) -> str:
    return str(folder / "bin" / "python")


def path(lock: str) -> Path:
    return ROOT / "requirements" / f"{lock}.txt"


def stamp(folder: Path, kind: str) -> Path:
    return folder / f".made-{kind}"


def digest(kind: str) -> str:
    """What the environment depends on: its locks, and how the package says it is installed."""
    files = [*map(path, LOCKS[kind]), ROOT / "pyproject.toml"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def step(text: str, began: float) -> None:
    print(f"  {text}  ({time.monotonic() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
