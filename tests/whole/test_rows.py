"""The operator's rows, terms and files, seen from outside: nothing is lost by writing back what was read, nothing grows
beyond what can be counted, and every mistake names its field.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framegate.web.admin_examples import EXAMPLES
from running import Gateway, running

UPSTREAM = {"name": "studio", "provider": "runway", "credential": {"key": "a-secret"}}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Gateway]:
    with running(tmp_path / "data") as gateway:
        yield gateway


def stored(gateway: Gateway) -> dict[str, Any]:
    """The row of the upstream, as the list shows it."""
    rows = gateway.admin("GET", "/upstreams").json["data"]
    return next(row for row in rows if row["name"] == "studio")


def test_what_was_read_may_be_written_back_and_the_credential_stays(own: Gateway, tmp_path: Path) -> None:
    own.admin("POST", "/upstreams", UPSTREAM)
    shown = stored(own)["document"]
    assert {"key": "(sealed)"} == shown["credential"]
    assert 200 == own.admin("PUT", "/upstreams/studio", {**shown, "concurrency": 3}).status
    missing = own.admin("POST", "/upstreams", {**shown, "name": "another"})
    assert (422, "credential") == (missing.status, missing.json["field"])
    assert "none is" in missing.json["detail"]
    file = tmp_path / "framegate.toml"
    file.write_text(own.command("config", "export").stdout)
    assert '"(sealed)"' in file.read_text()
    assert "changed upstream sandbox\nchanged upstream studio\n" == "".join(
        sorted(own.command("config", "apply", str(file)).stdout.splitlines(keepends=True))
    )
    assert "nothing changed\n" == own.command("config", "apply", str(file)).stdout
    file.write_text(file.read_text().replace('"(sealed)"', '"a-secret"'))
    assert "nothing\n" == own.command("config", "diff", str(file)).stdout, "it is the same secret"
    file.write_text(file.read_text().replace('"a-secret"', '"b-secret"'))
    assert "change upstream studio\n" == own.command("config", "diff", str(file)).stdout
    doctor = own.command("doctor", master_key="another")
    assert "bad   upstream studio: its credential was stored under another master key" in doctor.stdout


def test_a_difference_is_one(own: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "framegate.toml"
    upstream = '[[upstreams]]\nname = "studio"\nprovider = "runway"\n'
    route = '[[routes]]\nmodel = "m"\nto = [{ upstream = "studio" }]\n'
    file.write_text(upstream + route)
    assert "add upstream studio\nadd route m\n" == own.command("config", "diff", str(file)).stdout
    own.command("config", "apply", str(file))
    assert "nothing\n" == own.command("config", "diff", str(file)).stdout
    file.write_text(upstream + "concurrency = 2\n")
    assert "change upstream studio\nremove route m\n" == own.command("config", "diff", str(file)).stdout
    file.write_text(route)
    orphan = own.command("config", "apply", str(file))
    assert (1, "") == (orphan.returncode, orphan.stdout)
    assert "there is no upstream 'studio'" in orphan.stderr, "it goes with the file's rows"
    file.write_text(upstream + upstream)
    twice = own.command("config", "diff", str(file))
    assert (1, True) == (twice.returncode, "upstream 'studio' is above already" in twice.stderr)


def test_what_a_file_pauses_goes_on_when_the_file_says_so(own: Gateway, tmp_path: Path) -> None:
    own.admin("POST", "/upstreams", {**UPSTREAM, "paused": True})
    assert stored(own)["paused"]
    assert not own.admin("PATCH", "/upstreams/studio", {"paused": False}).json["paused"]
    assert not stored(own)["paused"]
    own.admin("PATCH", "/upstreams/studio", {"paused": True})
    own.admin("POST", "/plans", {"name": "gold"})
    own.admin("PATCH", "/plans/gold", {"paused": True})
    exported = own.command("config", "export").stdout
    assert "paused = true" in exported
    assert '# [[plans]]\n# name = "gold"' in exported
    file = tmp_path / "framegate.toml"
    file.write_text(exported)
    own.command("config", "apply", str(file))
    kept = own.admin("PATCH", "/upstreams/studio", {"paused": False})
    assert (409, True) == (kept.status, "file" in kept.json["detail"])


def test_rows_that_others_need_stay(own: Gateway) -> None:
    own.admin("POST", "/upstreams", UPSTREAM)
    own.admin("POST", "/routes", {"model": "m", "to": [{"upstream": "studio"}]})
    own.admin("POST", "/plans", {"name": "gold", "multiplier": "2"})
    own.admin("PATCH", "/accounts/default", {"plan": "gold"})
    for path, user in (("/upstreams/studio", "route 'm'"), ("/plans/gold", "account 'default'")):
        refused = own.admin("DELETE", path)
        assert (409, True) == (refused.status, user in refused.json["detail"])
    assert 200 == own.admin("DELETE", "/routes/m").status
    assert 200 == own.admin("DELETE", "/upstreams/studio").status


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/accounts", {"name": "a", "plan": "nope"}, "plan"),
        ("POST", "/accounts", {"name": "bell\x07"}, "name"),
        ("POST", "/accounts", {"name": "a", "credit": "100000001"}, "credit"),
        ("PATCH", "/accounts/default", {"name": ""}, "name"),
        ("PATCH", "/accounts/default", {"plan": "nope"}, "plan"),
        ("PATCH", "/accounts/default", {"floor": "-100000001"}, "floor"),
        ("POST", "/accounts/default/credit", {"usd": "9223372036"}, "usd"),
        ("POST", "/accounts/default/credit", {"usd": "1", "note": "n" * 300}, "note"),
        ("POST", "/keys", {"account": "default", "key": ""}, "key"),
        ("POST", "/keys", {"account": "default", "name": "n" * 300}, "name"),
        ("POST", "/keys", {"account": "default", "scopes": {"dialects": ["openai"]}}, "scopes.dialects"),
        ("POST", "/upstreams", {**UPSTREAM, "credential": {"key": ""}}, "credential"),
        ("POST", "/upstreams", {**UPSTREAM, "credential": {"key": "sealed:x"}}, "credential"),
        ("POST", "/upstreams", {**UPSTREAM, "credential": {"key": 5}}, "credential"),
        ("POST", "/routes", {"model": "", "to": [{"upstream": "sandbox"}]}, "name"),
        ("POST", "/prices", {"model": "", "unit": "second", "usd": "1"}, "model"),
        ("POST", "/prices", {"model": "m", "unit": "second", "usd": "1000001"}, "usd"),
        ("POST", "/prices", {"model": "m", "markup": "1001"}, "markup"),
        ("POST", "/plans", {"name": "p", "multiplier": "0.0000001"}, "multiplier"),
    ],
)
def test_a_mistake_names_its_field(
    gateway: Gateway, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    refused = gateway.admin(method, path, body)
    assert (422, field) == (refused.status, refused.json["field"])
    names = {account["name"] for account in gateway.admin("GET", "/accounts").json["data"]}
    assert set() == names & {"a", "bell\x07", ""}


def test_a_word_that_is_none_is_answered_with_those_there_are(gateway: Gateway) -> None:
    route = {"model": "m", "to": [{"upstream": "sandbox"}], "policy": "bend"}
    assert "policy: must be one of adapt, strict" == gateway.admin("POST", "/routes", route).json["detail"]
    decided = gateway.admin("POST", "/tasks/task_1/decision", {"decision": "guess"})
    assert "decision: must be one of adopt, refused, resend, write_off" == decided.json["detail"]


def test_a_balance_cannot_grow_beyond_what_can_be_counted(own: Gateway) -> None:
    statuses = [own.admin("POST", "/accounts/default/credit", {"usd": "60000000"}).status for _ in range(2)]
    assert [200, 422] == statuses
    assert "60000100.00" == own.admin("GET", "/accounts/default").json["balance"]
    assert own.admin("GET", "/ledger/check").json["balanced"]


def test_the_end_of_a_key_can_be_taken_away(own: Gateway) -> None:
    key = own.admin("POST", "/keys", {"account": "default", "expires_at": 5}).json["id"]
    assert 5 == own.admin("PATCH", f"/keys/{key}", {"name": "later"}).json["expires_at"]
    assert own.admin("PATCH", f"/keys/{key}", {"expires_at": None}).json["expires_at"] is None


def test_an_upstream_whose_credential_cannot_be_read_is_passed_over(own: Gateway) -> None:
    credentials = {"by-file": "file:/no/such/file", "by-variable": "env:FRAMEGATE_TEST_NOT_SET"}
    for name, key in credentials.items():
        row = {
            "name": name,
            "provider": "runway",
            "base_url": "http://127.0.0.1:9",
            "credential": {"key": key},
        }
        own.admin("POST", "/upstreams", row)
    time.sleep(2.1)
    for name in credentials:
        unread = own.admin("GET", f"/upstreams/{name}/credits")
        assert (503, True) == (unread.status, "credential" in unread.json["detail"])
    to = [*({"upstream": name, "model": "gen4.5"} for name in credentials), {"upstream": "sandbox"}]
    own.admin("POST", "/routes", {"model": "gen4.5", "to": to, "sandbox_fallback": True})
    time.sleep(2.1)
    task = own.submit({"model": "gen4.5", "prompt": "a fox", "seconds": 5})
    done = own.finished(task["id"])
    assert ("succeeded", "sandbox") == (done["status"], done["upstream"])
    doctor = own.command("doctor")
    assert 1 == doctor.returncode
    assert "file:/no/such/file, which cannot be read" in doctor.stdout
    assert "env:FRAMEGATE_TEST_NOT_SET, which is not set" in doctor.stdout


def test_every_example_of_the_operators_door_works_in_the_order_of_the_list(own: Gateway) -> None:
    key = own.admin("POST", "/keys", {"account": "default"}).json["id"]
    ids = {"accounts": "default", "keys": key, "tasks": "task_1"}
    names: dict[str, str] = {}
    for line, body in EXAMPLES.items():
        method, _, path = line.partition(" ")
        section = path.split("/")[3]
        filled = path.replace("{id}", ids.get(section, "")).replace("{name}", names.get(section, ""))
        answer = own.admin(method, filled.removeprefix("/admin/v1"), body)
        expected = {"tasks": 404}.get(section, 201 if method == "POST" and "{" not in path else 200)
        assert expected == answer.status, (line, answer.body)
        if method == "POST" and "name" in answer.json and section not in {"accounts", "keys"}:
            names[section] = answer.json["name"].replace("/", "%2F")
