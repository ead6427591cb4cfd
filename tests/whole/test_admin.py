"""The operator's rows: create, read, replace, pause, delete; seen by every request within two seconds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from running import Answer, Gateway, running

TASK = {"model": "gen3a_turbo", "prompt": "a fox", "seconds": 5}
UPSTREAM = {"name": "studio", "provider": "runway", "credential": {"key": "a-secret-of-the-operator"}}
ROUTE = {"model": "gen3a_turbo", "to": [{"upstream": "studio", "model": "gen4_turbo"}]}


def soon(gateway: Gateway, there: Callable[[], bool]) -> None:
    """A change is seen within two seconds."""
    end = time.monotonic() + 2.5
    while not there():
        assert time.monotonic() < end, gateway.tail()
        time.sleep(0.05)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Gateway]:
    """One for each test: what another has changed is still seen for a while."""
    with running(tmp_path / "data") as gateway:
        yield gateway


def test_an_accounts_movements_are_read_page_by_page(own: Gateway) -> None:
    account = own.admin("POST", "/accounts", {"name": "mover", "credit": "5"}).json["id"]
    key = own.admin("POST", "/keys", {"account": "mover"}).json["key"]
    task = own.submit(TASK, key=key)
    own.finished(task["id"], key=key)
    own.admin("POST", "/accounts/mover/credit", {"usd": "-0.000000001", "note": "a correction"})

    def page(query: str = "") -> Answer:
        return own.admin("GET", f"/accounts/mover/entries{query}")

    whole = page().json
    assert (["topup", "settle", "hold", "topup"], None) == ([e["kind"] for e in whole["data"]], whole["next"])
    money = ("customer", "held", "revenue", "topup", "writeoff")
    assert [
        ("-0.000000001", "0.00", "0.00", "0.000000001", "0.00"),
        ("0.00", "-0.25", "0.25", "0.00", "0.00"),
        ("-0.25", "0.25", "0.00", "0.00", "0.00"),
        ("5.00", "0.00", "0.00", "-5.00", "0.00"),
    ] == [tuple(entry[column] for column in money) for entry in whole["data"]]
    assert ("a correction", task["id"]) == (whole["data"][0]["note"], whole["data"][1]["task_id"])
    told = own.admin("GET", f"/tasks/{task['id']}").json["entries"]
    assert ["-0.25", "0.25"] == [told[0]["customer"], told[1]["revenue"]]
    assert "balance -0.25, held 0.25, revenue 0.00" in own.command("tasks", "explain", task["id"]).stdout
    assert "topup               5.00    opening credit" in own.command("ledger", "entries", "mover").stdout

    first = page("?limit=3").json
    rest = page(f"?limit=3&after={first['next']}").json
    assert (whole["data"], None) == (first["data"] + rest["data"], rest["next"])
    assert {"data": [], "next": None} == page(f"?after={whole['data'][-1]['id']}").json
    wrong = {"?limit=0": "limit", "?limit=101": "limit", "?after=-1": "after", "?before=9": "before"}
    assert wrong == {query: page(query).json["field"] for query in wrong}
    assert "balanced" == own.books(), account


def test_a_key_says_when_it_was_last_used(own: Gateway) -> None:
    made = own.admin("POST", "/keys", {"account": "default", "name": "new one"}).json
    assert made["used_at"] is None
    line = next(x for x in own.command("keys", "list").stdout.splitlines() if made["id"] in x)
    assert "active  never used" in line
    assert 200 == own.call("GET", "/v1/models", key=made["key"]).status

    def used() -> int | None:
        return next(k["used_at"] for k in own.admin("GET", "/keys").json["data"] if k["id"] == made["id"])

    soon(own, lambda: used() is not None)
    assert made["created_at"] <= (used() or 0)
    line = next(x for x in own.command("keys", "list").stdout.splitlines() if made["id"] in x)
    assert "never" not in line


def test_every_kind_of_row(own: Gateway) -> None:
    rows = {
        "upstreams": ({**UPSTREAM, "name": "other"}, "other", {"concurrency": 3}),
        "routes": ({"model": "m-1", "to": [{"upstream": "sandbox"}]}, "m-1", {"deadline": 60}),
        "prices": ({"model": "m-1", "unit": "second", "usd": "0.07"}, "m-1:second", {"usd": "0.08"}),
        "costs": (
            {"provider": "runway", "model": "m", "unit": "second", "usd": "0.01"},
            "runway%2Fm:second",
            {},
        ),
        "plans": ({"name": "gold", "multiplier": "0.8"}, "gold", {"multiplier": "0.7"}),
    }
    for section, (document, name, change) in rows.items():
        made = own.admin("POST", f"/{section}", document)
        assert 201 == made.status, made.body
        assert 409 == own.admin("POST", f"/{section}", document).status
        assert 200 == own.admin("PUT", f"/{section}/{name}", {**document, **change}).status
        assert own.admin("PATCH", f"/{section}/{name}", {"paused": True}).json["paused"] is True
        assert made.json["name"] in {row["name"] for row in own.admin("GET", f"/{section}").json["data"]}
        assert 200 == own.admin("DELETE", f"/{section}/{name}").status
        assert 404 == own.admin("GET", f"/{section}/{name}").status
        wrong = own.admin("POST", f"/{section}", {**document, "nonsense": 1})
        assert (422, True) == (wrong.status, "nonsense" in wrong.json["detail"])


def test_a_row_that_could_not_work_is_refused_and_changes_nothing(own: Gateway, tmp_path: Path) -> None:
    """A misspelt provider would count as a real upstream, beside which no model leads to the sandbox any more."""
    refused = own.admin("POST", "/upstreams", {"name": "typo", "provider": "klign"})
    assert (422, "provider") == (refused.status, refused.json["field"])
    assert "kling" in refused.json["detail"]
    gift = own.admin("POST", "/prices", {"model": "gen3a_turbo", "unit": "second", "usd": "-1"})
    assert (422, "usd") == (gift.status, gift.json["field"])
    file = tmp_path / "framegate.toml"
    good = '[[plans]]\nname = "gold"\nmultiplier = 0.8\n'
    file.write_text(good + '[[routes]]\nmodel = "m"\nto = [{ upstream = "nowhere" }]\n')
    for command in ("diff", "apply"):
        said = own.command("config", command, str(file))
        assert (1, "") == (said.returncode, said.stdout)
        assert "route 'm': to: there is no upstream 'nowhere'" in said.stderr
        assert "Traceback" not in said.stderr
    assert [] == own.admin("GET", "/plans").json["data"]
    file.write_text(good)
    assert "added plan gold\n" == own.command("config", "apply", str(file)).stdout
    assert "0.80" == own.admin("GET", "/plans").json["data"][0]["document"]["multiplier"]
    file.write_text(own.command("config", "export").stdout)
    own.command("config", "apply", str(file))
    assert "nothing changed\n" == own.command("config", "apply", str(file)).stdout
    assert "0.80" == own.admin("GET", "/plans").json["data"][0]["document"]["multiplier"]
    assert 201 == own.call("POST", "/v1/tasks", TASK).status


def test_a_credential_is_never_shown_and_never_in_the_database(own: Gateway) -> None:
    made = own.admin("POST", "/upstreams", {**UPSTREAM, "name": "kept"})
    assert {"key": "(sealed)"} == made.json["document"]["credential"]
    files = [path for path in own.data.rglob("*") if path.is_file()]
    assert [] == [path for path in files if b"a-secret-of-the-operator" in path.read_bytes()]
    own.admin("DELETE", "/upstreams/kept")


def test_a_price_and_a_plan_change_what_the_next_task_costs(own: Gateway) -> None:
    assert "0.25" == own.submit(TASK)["cost"]["estimated"]
    own.admin("POST", "/prices", {"model": "gen3a_turbo", "unit": "second", "usd": "0.10"})
    soon(own, lambda: own.submit(TASK)["cost"]["estimated"] == "0.50")
    own.admin("POST", "/plans", {"name": "half", "multiplier": "0.5"})
    own.admin("PATCH", "/accounts/default", {"plan": "half"})
    soon(own, lambda: own.submit(TASK)["cost"]["estimated"] == "0.25")
    own.admin("PATCH", "/accounts/default", {"plan": "default"})
    own.admin("DELETE", "/prices/gen3a_turbo:second")


def test_an_account_is_made_with_its_credit_or_not_at_all(own: Gateway) -> None:
    for credit in ("much", "-5"):
        refused = own.admin("POST", "/accounts", {"name": "new", "credit": credit})
        assert (422, True) == (refused.status, "credit" in refused.json["detail"])
    made = own.admin("POST", "/accounts", {"name": "new", "credit": "2.50"})
    assert (201, "2.50") == (made.status, made.json["balance"])


def test_a_paused_account_is_refused(own: Gateway) -> None:
    own.admin("PATCH", "/accounts/default", {"paused": True})
    soon(own, lambda: own.call("POST", "/v1/tasks", TASK).status == 403)
    own.admin("PATCH", "/accounts/default", {"paused": False})
    soon(own, lambda: own.call("POST", "/v1/tasks", TASK).status == 201)


def test_nobody_is_sold_a_fake(own: Gateway) -> None:
    """As soon as a real upstream exists, the sandbox serves only what a route says it may, and says so itself."""
    own.admin("POST", "/upstreams", UPSTREAM)

    def status(model: str) -> int:
        return own.call("POST", "/v1/tasks", {**TASK, "model": model}).status

    soon(own, lambda: status("gen3a_turbo") == 503)
    assert 503 == status("kling-v1")
    own.admin("POST", "/routes", {"model": "kling-v1", "to": [{"upstream": "sandbox"}]})
    time.sleep(2.1)
    assert 503 == status("kling-v1"), "a route to the sandbox alone is not enough"
    route = {"model": "kling-v1", "to": [{"upstream": "sandbox"}], "sandbox_fallback": True}
    own.admin("PUT", "/routes/kling-v1", route)
    soon(own, lambda: status("kling-v1") == 201)
    answer = own.call("POST", "/v1/tasks", {**TASK, "model": "kling-v1"})
    assert ("true", True) == (answer.headers["x-framegate-sandbox"], answer.json["sandbox"])
    said = own.command("doctor").stdout
    assert "warn  FRAMEGATE_PUBLIC_URL is not set: links to results begin" in said
    assert "of the first start's sandbox credit beside a real upstream" in said
    [left] = re.findall(r"`framegate accounts credit default -- (-\d+(?:\.\d+)?)`", said)
    assert 200 == own.admin("POST", "/accounts/default/credit", {"usd": left}).status
    assert "sandbox credit" not in own.command("doctor").stdout
    listed = {model["id"] for model in own.call("GET", "/v1/models").json["data"]}
    assert {"kling-v1"} == listed
    own.admin("DELETE", "/routes/kling-v1")
    own.admin("DELETE", "/upstreams/studio")


def test_a_file_is_applied_at_start_up_and_owns_its_rows(tmp_path: Path) -> None:
    config = """
        [[routes]]
        model = "house-model"
        to = [{ upstream = "sandbox" }]
        [[prices]]
        model = "house-model"
        unit = "second"
        usd = "0.02"
    """
    with running(tmp_path / "data", config=config) as gateway:
        task = gateway.submit({**TASK, "model": "house-model"})
        assert ("succeeded", "0.10") == (
            (ended := gateway.finished(task["id"]))["status"],
            ended["cost"]["charged"],
        )
        owned = gateway.admin("DELETE", "/routes/house-model")
        assert (409, True) == (owned.status, "comes from the configuration file" in owned.json["detail"])
        assert gateway.admin("PATCH", "/routes/house-model", {"paused": True}).json["paused"] is True
        soon(
            gateway, lambda: gateway.call("POST", "/v1/tasks", {**TASK, "model": "house-model"}).status == 503
        )


def test_the_health_and_the_credits_of_an_upstream(own: Gateway) -> None:
    """An upstream that cannot be reached says so; one without such a thing is told apart from an unknown one."""
    dead = {"provider": "runway", "base_url": "http://127.0.0.1:9", "credential": {"key": "x" * 20}}
    own.admin("POST", "/upstreams", {"name": "dead", **dead})
    soon(own, lambda: own.admin("GET", "/upstreams/dead/credits").status == 503)
    health = {row["name"]: row for row in own.admin("GET", "/health").json["data"]}
    assert (False, 1) == (health["dead"]["sick"], min(1, health["dead"]["misses"]))
    assert (False, 0) == (health["sandbox"]["sick"], health["sandbox"]["misses"])
    assert "does not say" in own.admin("GET", "/upstreams/sandbox/credits").json["detail"]
    assert "there is no upstream" in own.admin("GET", "/upstreams/none/credits").json["detail"]
    own.admin("DELETE", "/upstreams/dead")


def test_the_models_of_an_upstream_and_what_routes_ask_it_for_in_vain(own: Gateway, gateway: Gateway) -> None:
    """Before customers find out: a route leads to a model that the other side does not have."""
    far = {"provider": "framegate", "base_url": gateway.url, "credential": {"key": gateway.key}}
    own.admin("POST", "/upstreams", {"name": "far", **far, "allow_hosts": ["127.0.0.1"]})
    for name, model in (("good", "kling-v3"), ("bad", "kling-v0")):
        own.admin("POST", "/routes", {"model": name, "to": [{"upstream": "far", "model": model}]})
    soon(own, lambda: own.admin("GET", "/upstreams/far/models").json.get("missing") == ["kling-v0"])
    assert {"kling-v3", "gen4.5"} < set(own.admin("GET", "/upstreams/far/models").json["models"])
    assert "does not say which models" in own.admin("GET", "/upstreams/sandbox/models").json["detail"]
    assert "there is no upstream" in own.admin("GET", "/upstreams/none/models").json["detail"]
