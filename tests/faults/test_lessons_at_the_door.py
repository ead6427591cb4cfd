"""What other gateways give away, move or miss at their doors: each as a test named after the defect."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.storm import config
from running import Answer, Gateway, running
from vendors import Act, Vendor, vendor

pytestmark = pytest.mark.slow
TASK = {"model": "gen3a_turbo", "prompt": "a fox", "seconds": 5}


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


def soon(there: object, within: float = 10.0) -> None:
    end = time.monotonic() + within
    while not there():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a6_a_query_of_the_clients_asks_nobody_and_moves_no_money(tmp_path: Path, counting: Vendor) -> None:
    """There is one way in which a task ends, and it settles; a query only reads."""
    counting.always("poll", Act("hang"))
    with running(tmp_path / "data", config=config(counting)) as gateway:
        task = gateway.submit({"model": "m-runway", "prompt": "[m:1] [v:polls=1]", "seconds": 5})
        soon(lambda: counting.count("submit") == 1)
        before = counting.count("poll")
        for _ in range(50):
            shown = gateway.call("GET", f"/v1/tasks/{task['id']}").json
            assert ("0.05", None) == (shown["cost"]["held"], shown["cost"]["charged"])
        assert counting.count("poll") - before <= 1, "the one poll that was due by itself"
        counting.forgive()
        assert "0.05" == gateway.admin("GET", "/accounts/default").json["held"]


def test_a13_a_result_is_sent_in_parts_and_into_no_shared_cache(gateway: Gateway) -> None:
    task = gateway.finished(gateway.submit(TASK)["id"])
    url = task["artifacts"][0]["url"]
    whole = gateway.call("GET", url, key="")
    part = gateway.call("GET", url, key="", headers={"range": "bytes=10-19"})
    assert (200, 206, whole.body[10:20]) == (whole.status, part.status, part.body)
    assert whole.headers["cache-control"].startswith("private")
    ours = {"content-type", "content-length", "etag", "accept-ranges", "cache-control", "date", "connection"}
    ours |= {"content-disposition", "x-content-type-options", "content-security-policy", "x-request-id"}
    ours |= {"access-control-allow-origin", "access-control-expose-headers"}
    assert set() == set(whole.headers) - ours, "nothing of an upstream's headers"


def test_b5_a_result_is_not_had_by_its_name(gateway: Gateway) -> None:
    first, second = [gateway.finished(gateway.submit(TASK)["id"])["artifacts"][0] for _ in range(2)]
    bare = first["url"].partition("?")[0]
    other = second["url"].partition("?")[2]
    tried: list[Answer] = [
        gateway.call("GET", bare, key=""),
        gateway.call("GET", bare),
        gateway.call("GET", f"{bare}?{other}", key=""),
        gateway.call("GET", bare.replace(".mp4", ".poster"), key=""),
    ]
    assert [403] * 4 == [answer.status for answer in tried]
    assert 200 == gateway.call("GET", first["url"], key="").status


def test_b6_an_upstream_that_calls_back_is_looked_at_now(tmp_path: Path, counting: Vendor) -> None:
    """And its words are not believed: what is posted there makes the task due, whatever it says."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"public_url": f"http://127.0.0.1:{port}", "port": port}
    with running(tmp_path / "data", config=config(counting), **settings) as gateway:
        task = gateway.submit({"model": "m-kling", "prompt": "[m:1] [v:polls=1] [v:never]", "seconds": 5})
        soon(lambda: gateway.call("GET", f"/v1/tasks/{task['id']}").json["status"] == "running")
        soon(lambda: counting.count("poll") >= 1, within=5)
        url = next(h.body for h in counting.heard if h.what == "submit").decode()
        hook = url.partition('"callback_url":"')[2].partition('"')[0].replace("\\/", "/")
        assert hook.startswith(f"http://127.0.0.1:{port}/v1/callbacks/")
        before = counting.count("poll")
        said = gateway.call("POST", hook, {"data": {"task_status": "failed"}}, key="")
        assert 200 == said.status
        soon(lambda: counting.count("poll") > before, within=2)
        assert "running" == gateway.call("GET", f"/v1/tasks/{task['id']}").json["status"]
        assert 403 == gateway.call("POST", hook + "x", {}, key="").status
