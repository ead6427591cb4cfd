"""What the READMEs and the operating page tell people to type is typed here, against a running gateway."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

import running
from house.tree import ROOT
from running import Gateway

pytestmark = pytest.mark.slow
HERE = "http://127.0.0.1:8787"
FAR = "http://127.0.0.1:8788"
READMES = ["README.md", "README.zh.md"]
each_readme = pytest.mark.parametrize("page", READMES)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


def typed(gateway: Gateway, text: str, folder: Path, program: str) -> str:
    """What the text prints when it is run beside a gateway, with its address and key in place."""
    text = re.sub(r"^export FRAMEGATE_KEY=.*\n", "", text, flags=re.MULTILINE).replace(HERE, gateway.url)
    done = subprocess.run(
        [program, "-c", text],
        cwd=folder,
        env={**os.environ, "FRAMEGATE_KEY": gateway.key, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def shell() -> str:
    found, curl = shutil.which("bash"), shutil.which("curl")
    if found is None or curl is None:
        pytest.skip("there is no bash or curl here")
    return found


@each_readme
def test_the_requests_are_answered_as_the_page_says(page: str, gateway: Gateway, tmp_path: Path):
    create, read = (block for block in blocks(page, "sh") if "curl" in block)
    made = json.loads(typed(gateway, create, tmp_path, shell()))["task"]
    assert ("PENDING", "gen3a") == (made["status"], made["taskType"])
    assert made["options"]["text_prompt"] in create
    (listed,) = json.loads(typed(gateway, read, tmp_path, shell()))["data"]
    assert set(listed["cost"]) == {"estimated", "held", "charged"}
    assert (
        gateway.finished(gateway.call("GET", f"/v1/tasks/{made['id']}").json["id"])["status"] == "succeeded"
    )


@each_readme
def test_the_program_with_the_vendors_library_writes_a_video(page: str, gateway: Gateway, tmp_path: Path):
    (program,) = blocks(page, "python")
    assert "completed 4\n" == typed(gateway, program, tmp_path, sys.executable)
    assert 4 == round(length(tmp_path / "boat.mp4"))


def length(path: Path) -> float:
    with av.open(str(path)) as file:
        assert file.duration
        return file.duration / 1_000_000


# --- retired names ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def near(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with the example's file, as the README says for want of an account: `gateway` plays the vendors."""
    key_id = gateway.admin("GET", "/keys").json["data"][0]["id"]
    printed = gateway.command("keys", "secret", key_id).stdout
    access, secret = (line.partition(": ")[2] for line in printed.splitlines())
    text = (ROOT / "examples" / "framegate.toml").read_text()
    opened = re.sub(r"^# (?=base_url|allow_hosts)", "", text, flags=re.MULTILINE).replace(FAR, gateway.url)
    assert 4 == sum(a != b for a, b in zip(text.splitlines(), opened.splitlines(), strict=True))
    environment = {"RUNWAY_KEY": gateway.key, "KLING_ACCESS_KEY": access, "KLING_SECRET_KEY": secret}
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        with running.running(tmp_path_factory.mktemp("near") / "data", config=opened) as found:
            yield found
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def test_a_retired_name_is_served_by_a_model_that_lives(near: Gateway, gateway: Gateway, tmp_path: Path):
    (program,) = blocks("README.md", "python")
    assert "completed 4\n" == typed(near, program, tmp_path, sys.executable)
    assert 4 == round(length(tmp_path / "boat.mp4"))
    (task,) = [task for task in near.call("GET", "/v1/tasks").json["data"] if task["model"] == "sora-2"]
    assert ("sora-2", "kling-main", False) == (task["model"], task["upstream"], task["sandbox"])
    there = gateway.call("GET", "/v1/tasks?limit=100").json["data"]
    assert ("kling-v3", task["prompt"]) in {(other["model"], other["prompt"]) for other in there}
    answer = near.call("POST", "/v1/tasks", {"model": "kling-v1", "prompt": "a fox", "seconds": 7})
    ended = near.finished(answer.json["id"])
    assert ("succeeded", "kling-main") == (ended["status"], ended["upstream"])
    assert ["seconds 7 became 5, the nearest that kling-v2-6 has"] == ended["adapted"]


def test_a_request_in_runways_format_is_served_by_the_successor(near: Gateway):
    picture = (ROOT / "src" / "framegate" / "data" / "demo.jpg").read_bytes()
    image = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
    options = {"text_prompt": "a boat", "seconds": 5, "resolution": "720p", "init_image": image}
    made = near.call("POST", "/runway/v2/tasks", {"taskType": "gen3a_turbo", "options": options}).json
    ended = near.finished(near.call("GET", f"/v1/tasks/{made['task']['id']}").json["id"])
    assert ("succeeded", "runway-main", False) == (ended["status"], ended["upstream"], ended["sandbox"]), (
        ended
    )
    assert "0.25" == ended["cost"]["charged"]


def test_the_routes_of_the_page_are_those_of_the_example(near: Gateway):
    routes = {row["name"]: row["document"]["to"] for row in near.admin("GET", "/routes").json["data"]}
    for page in READMES:
        (shown,) = blocks(page, "toml")
        for model, targets in routes.items():
            assert f'model = "{model}"' in shown
            for target in targets:
                assert f'{{ upstream = "{target["upstream"]}", model = "{target["model"]}" }}' in shown
    assert "ok    books balanced" in near.command("doctor").stdout


# --- the operating page -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["docs/operating.md", "docs/zh/operating.md"])
def test_a_backup_is_made_and_restored_as_the_page_says(page: str, gateway: Gateway, tmp_path: Path):
    task = gateway.finished(gateway.submit({"model": "gen3a", "prompt": "a fox", "seconds": 5})["id"])
    (block,) = [block for block in blocks(page, "sh") if "framegate restore" in block]
    backup, restore = (line.partition("#")[0].split()[1:] for line in block.splitlines())
    assert ["backup-monday", "data-new"] == [backup[1], restore[3]]
    restored = tmp_path / "data-new"
    made = gateway.command(backup[0], str(tmp_path / "backup-monday"))
    assert 0 == made.returncode, made.stderr
    command = [sys.executable, "-m", "framegate", restore[0], str(tmp_path / "backup-monday"), restore[2]]
    subprocess.run([*command, str(restored)], check=True, timeout=60)
    shutil.copy(gateway.data / "master-key", restored / "master-key")
    with running.running(restored) as again:
        kept = again.call("GET", f"/v1/tasks/{task['id']}").json
        assert ("succeeded", task["cost"]) == (kept["status"], kept["cost"])
        (artifact,) = kept["artifacts"]
        assert (
            again.call("GET", artifact["url"]).body == gateway.call("GET", task["artifacts"][0]["url"]).body
        )
        assert "balanced" == again.books()


@pytest.mark.parametrize("page", ["docs/operating.md", "docs/zh/operating.md"])
def test_a_notice_is_checked_as_the_page_says(page: str, gateway: Gateway):
    (program,) = blocks(page, "python")
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102 - the page's own lines
    account = gateway.admin("GET", "/accounts").json["data"][0]["id"]
    (secret,) = gateway.admin("GET", f"/accounts/{account}/notice-secret").json["secrets"]
    body = json.dumps({"type": "task.succeeded", "timestamp": "…", "data": {}})
    at = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(time.time())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
    }
    assert "task.succeeded" == names["check"](secret, body.encode(), headers)["type"]
    with pytest.raises(WebhookVerificationError):
        names["check"](secret, body.encode() + b" ", headers)
