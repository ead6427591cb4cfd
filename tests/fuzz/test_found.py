"""What long campaigns found, and the requests that showed it."""

from __future__ import annotations

import time

import pytest

from framegate.core.dialect import Problem
from running import Gateway


def test_an_account_cannot_take_the_name_of_another(gateway: Gateway) -> None:
    names = [f"{word}-{time.monotonic_ns()}" for word in ("first", "second")]
    made = [gateway.admin("POST", "/accounts", {"name": name}).json for name in names]
    answer = gateway.admin("PATCH", f"/accounts/{made[1]['id']}", {"name": names[0]})
    assert (409, "name") == (answer.status, answer.json["field"])
    assert names[1] == gateway.admin("GET", f"/accounts/{made[1]['id']}").json["name"]
    same = gateway.admin("PATCH", f"/accounts/{made[1]['id']}", {"name": names[1]})
    assert 200 == same.status, "its own it may keep"


@pytest.mark.parametrize("path", ["/v1/tasks", "/admin/v1/keys", "/health", "/kling/v1/videos/text2video"])
def test_a_wrong_method_hears_which_are_right(gateway: Gateway, path: str) -> None:
    answer = gateway.call("PUT", path)
    assert Problem.METHOD_NOT_ALLOWED.status == answer.status or path.startswith("/kling")
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["allow"].split(", "))


def test_lists_of_the_operator_are_described_as_they_are(gateway: Gateway) -> None:
    document = gateway.call("GET", "/openapi.json").json
    described = document["paths"]["/admin/v1/accounts"]["get"]["responses"]["2XX"]["content"][
        "application/json"
    ]
    assert ["data"] == described["schema"]["required"] == list(gateway.admin("GET", "/accounts").json)


def test_the_open_paths_say_what_they_refuse(gateway: Gateway) -> None:
    paths = gateway.call("GET", "/openapi.json").json["paths"]
    assert "401" in paths["/v1/models"]["get"]["responses"]
    assert "404" in paths["/v1/models/{id}"]["get"]["responses"]
    assert [] == paths["/health"]["get"]["security"]
    assert [401, 401] == [gateway.call("GET", f"/v1/models{more}", key="").status for more in ("", "/x")]
