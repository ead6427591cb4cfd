"""The package as others get it: a wheel, in an environment that has nothing but the locked run-time dependencies."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.tree import ROOT, SOURCE, files

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420), pytest.mark.xdist_group("wheel")]
PIP = ("-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check")
READY = 60.0
"""Seconds that a first start may take, on a busy machine."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git would take, so that nothing stray gets in."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for path in files():
        target = tree / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=tree, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`framegate`, installed from the wheel into an environment of its own."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    python = str(folder / "bin" / "python")
    lock = str(ROOT / "requirements" / "run.txt")
    subprocess.run([python, *PIP, "--require-hashes", "-r", lock], check=True, capture_output=True)
    subprocess.run([python, *PIP, "--no-deps", str(wheel)], check=True, capture_output=True)
    return folder / "bin" / "framegate"


def test_the_wheel_holds_every_file_of_the_package(wheel: Path):
    expected = {
        f"framegate/{path.relative_to(SOURCE).as_posix()}" for path in files() if SOURCE in path.parents
    }
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert set() == expected - packed
    assert {".sql", ".toml", ".html", ".jpg"} <= {Path(file).suffix for file in packed}
    assert {"LICENSE", "NOTICE"} <= {Path(file).name for file in packed}


def test_the_wheel_holds_nothing_else(wheel: Path):
    expected = {
        f"framegate/{path.relative_to(SOURCE).as_posix()}" for path in files() if SOURCE in path.parents
    }
    packed = {file for file in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in file}
    assert set() == packed - expected


@contextlib.contextmanager
def serving(program: Path, folder: Path) -> Iterator[str]:
    """The URL of a gateway that runs on an empty folder; stopped by its own pid."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("FRAMEGATE_", "PYTHON", "COV_"))}
    environment |= {"FRAMEGATE_SANDBOX_PROFILE": "tiny", "FRAMEGATE_SANDBOX_WORKERS": "1"}
    command = [str(program), "serve", "--port", "0", "--data", str(folder / "data")]
    said = folder / "said"
    with said.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        end = time.monotonic() + READY
        while (found := re.search(r"listens on (http://\S+)", said.read_text())) is None:
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < end, said.read_text()
            time.sleep(0.05)
        yield found[1]
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
    assert process.returncode in {0, -15}, said.read_text()


def test_the_wheel_serves(program: Path, tmp_path: Path):
    with serving(program, tmp_path) as url:
        end = time.monotonic() + READY
        while True:
            with (
                contextlib.suppress(urllib.error.URLError),
                urllib.request.urlopen(f"{url}/health") as answer,
            ):
                assert {"status": "ok"} == json.loads(answer.read())
                break
            assert time.monotonic() < end
            time.sleep(0.05)
        for path, kind in (("/", "text/html"), ("/docs", "text/html"), ("/openapi.json", "application/json")):
            with urllib.request.urlopen(url + path) as answer:
                assert answer.status == 200
                assert answer.headers["content-type"].startswith(kind)
        key = (tmp_path / "data" / "first-key").read_text().strip()
        models = urllib.request.Request(f"{url}/v1/models", headers={"authorization": f"Bearer {key}"})
        with urllib.request.urlopen(models) as answer:
            assert "gen3a_turbo" in {model["id"] for model in json.loads(answer.read())["data"]}
    check = subprocess.run(
        [str(program), "ledger", "check", "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("balanced", 0) == (check.stdout.strip(), check.returncode), check.stderr
