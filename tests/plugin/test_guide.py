"""The guide for those who test their own clients: its code runs as it stands, in a folder of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from house.tree import ROOT

pytestmark = pytest.mark.slow
GUIDES = (ROOT / "docs" / "testing-your-client.md", ROOT / "docs" / "zh" / "testing-your-client.md")
BLOCK = re.compile(r"```python\n# (test_\w+\.py)\n(.*?)```", re.DOTALL)
PLUGIN = ("-p", "no:framegate", "-p", "framegate.testing.plugin")
"""The plugin by its module: so the test needs no installed entry point, and is not disturbed by one."""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest in a folder that has nothing of ours."""
    command = [sys.executable, "-m", "pytest", "-q", *PLUGIN, "-p", "no:randomly", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=170)


def test_the_guides_code_runs(tmp_path: Path):
    blocks = dict(BLOCK.findall(GUIDES[0].read_text()))
    assert {"test_runway.py", "test_kling.py", "test_luma.py"} == set(blocks)
    for name, code in blocks.items():
        (tmp_path / name).write_text(code)
    done = run(tmp_path)
    assert (0, "6 passed") == (done.returncode, " ".join(done.stdout.split()[-4:-2])), done.stdout


def test_both_languages_show_the_same_code():
    english, chinese = (re.findall(r"```python\n(.*?)```", guide.read_text(), re.DOTALL) for guide in GUIDES)
    assert english == chinese


def test_the_plugin_is_found_by_pytest():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module = import_module(project["entry-points"]["pytest11"]["framegate"])
    assert {"framegate", "framegate_gateway"} <= set(dir(module))


USES = """
import json
import urllib.request

import pytest


def submit(framegate, **body):
    request = urllib.request.Request(framegate.base_url("native") + "/tasks", json.dumps(body).encode())
    request.add_header("authorization", f"Bearer {framegate.key}")
    request.add_header("content-type", "application/json")
    request.add_header("prefer", "wait=30")
    with urllib.request.urlopen(request) as response:
        return json.load(response)


VIDEO = {"model": "ray-2", "prompt": "waves", "seconds": 1}


def test_asks_for_more_than_it_uses(framegate):
    framegate.fail_next("fail", "internal", times=3)
    assert "failed" == submit(framegate, **VIDEO)["status"]


def test_the_rest_was_forgotten(framegate):
    assert "succeeded" == submit(framegate, **VIDEO)["status"]


def test_the_prompt_stays_as_it_was(framegate):
    framegate.fail_next("moderate")
    task = submit(framegate, **VIDEO)
    assert ("failed", "moderated", "waves") == (task["status"], task["failure"]["code"], task["prompt"])
    assert task["id"] == framegate.tasks()[0]["id"]


def test_two_kinds_one_after_the_other(framegate):
    framegate.fail_next("fail", "invalid")
    framegate.fail_next("rate_limit")
    assert "invalid" == submit(framegate, **VIDEO)["failure"]["code"]
    assert "succeeded" == submit(framegate, **VIDEO)["status"], "the gateway waits and sends again"


def test_what_is_not_known_is_refused(framegate):
    with pytest.raises(ValueError, match="known are fail, moderate"):
        framegate.fail_next("explode")
    with pytest.raises(KeyError, match="known are cogvideox, kling"):
        framegate.base_url("vidu")


def test_a_callback_comes_to_a_test_that_listens(framegate):
    import http.server
    import queue
    import threading

    came = queue.Queue()

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            came.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        task = submit(framegate, **VIDEO, callback_url=f"http://127.0.0.1:{server.server_port}/hook")
        assert task["id"] == came.get(timeout=20)["data"]["id"]
        server.shutdown()


def test_the_pair_signs(framegate):
    access, secret = framegate.pair()
    assert access and secret and access != secret
"""


def test_the_fixture_does_what_it_says(tmp_path: Path):
    (tmp_path / "test_uses.py").write_text(USES)
    done = run(tmp_path)
    assert (0, "7 passed") == (done.returncode, " ".join(done.stdout.split()[-4:-2])), done.stdout


def test_beside_a_real_upstream_the_sandbox_behaves(tmp_path: Path):
    from running import running

    config = '[[upstreams]]\nname = "real"\nprovider = "runway"\ncredential = { key = "k" }\n'
    with running(tmp_path / "data", config=config) as gateway:
        answer = gateway.admin("POST", "/sandbox/next", {"directives": ["fail"]})
    assert (409, "conflict") == (answer.status, answer.json["code"])
