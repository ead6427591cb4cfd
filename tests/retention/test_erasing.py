"""What is erased is gone: from every table, from the disk, with a receipt; money stays and balances."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from PIL import Image

from framegate.core.dialect import Problem, Trouble
from framegate.core.task import Cause, Failure
from framegate.engine import erasing
from framegate.engine.job import saved, text
from framegate.engine.steps import event
from framegate.engine.story import Call
from framegate.store import step
from retention.conftest import House
from running import ADMIN, Gateway, running

WORD = "quetzal-saxophone-meridian"
"""A prompt that stands nowhere by chance."""


async def told(house: House, task_id: str, words: str) -> None:
    """Everything that is written about a task, with these words in it."""
    now = house.clock.now
    call = Call(now, "submit", "POST", f"https://x/{words}", 400, 1, words)
    await house.store.write(
        step(
            "insert_attempt",
            task_id=task_id,
            n=0,
            upstream="up",
            model="m",
            order_doc=text({"adapted": [words]}),
            sent_at=now,
        ),
        event(task_id, now, "failed", words, [call]),
        event(task_id, now, calls=[call]),
        step(
            "insert_notice",
            id=f"msg_{task_id}",
            task_id=task_id,
            account_id="acct_1",
            url=f"https://x/{words}",
            kind="task.failed",
            headers="{}",
            body=text({"prompt": words}),
            due_at=now,
            tries=0,
            state="due",
            lease_until=0,
            last_error=words,
            created_at=now,
            sent_at=None,
        ),
    )
    await house.store.write(
        step("end_attempt", task_id=task_id, n=0, outcome="refused", handle=None, detail=words, ended_at=now),
        step("log_delivery", notice_id=f"msg_{task_id}", at=now, ms=1, status=500, error=words),
    )


async def rows(url: str) -> dict[str, list[str]]:
    """All rows of all tables as text."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            names = [
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return {name: [str(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return {
            table[0]: [str(dict(row)) for row in await connection.fetch(f"SELECT * FROM {table[0]}")]
            for table in tables
        }
    finally:
        await connection.close()


async def mentions(url: str, word: str) -> set[str]:
    """The tables in which a word stands."""
    return {table for table, found in (await rows(url)).items() if any(word in row for row in found)}


async def test_no_table_remembers_the_words_of_an_erased_task(house: House, url: str) -> None:
    await house.task(WORD, b"film")
    await told(house, f"task_{WORD}", "secret words")
    failed = await house.job(f"task_{WORD}")
    failure = text(Failure(Cause.BROKEN, "secret words", "500"))
    await house.store.write(step("save_task", **{**saved(failed), "failure": failure}))
    assert {"tasks", "attempts", "events", "notices", "deliveries"} == await mentions(url, "secret words")
    await erasing.erase_task(house.store, f"task_{WORD}")
    assert (set(), set()) == (await mentions(url, "secret words"), await mentions(url, "the prompt of"))
    assert [] == await house.books()
    left = await rows(url)
    assert 3 == len([row for row in left["entries"] if WORD in row or "topup" in row]), (
        "the movements of money stay"
    )


async def test_a_receipt_can_be_checked_by_who_knows_what_there_was(house: House) -> None:
    medium = await house.medium("med_1", b"picture")
    upload = await house.medium("med_2", b"upload", upload=1)
    await house.task("a", b"film", poster=b"poster", inputs=(medium, upload))
    receipt = await erasing.erase_task(house.store, "task_a")
    sums = [hashlib.sha256(content).hexdigest() for content in (b"film", b"poster", b"picture")]
    lines = sorted(["task task_a", "artifact art_a", "media med_1", *(f"file {name}" for name in sums)])
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    assert (1, 1, 1, 0, 3, 17, 2, digest) == (
        receipt.tasks,
        receipt.artifacts,
        receipt.media,
        receipt.keys,
        receipt.files,
        receipt.bytes,
        receipt.entries,
        receipt.digest,
    )
    await house.sweep(grace=0)
    lie = [house.lies(content) for content in (b"film", b"poster", b"picture", b"upload")]
    assert [False, False, False, True] == lie, "an upload is the account's, not the task's"


async def test_an_input_that_another_task_has_stays_until_that_goes_too(house: House) -> None:
    medium = await house.medium("med_1", b"picture")
    for name in ("a", "b"):
        await house.task(name, inputs=(medium,))
    lie: list[bool] = []
    for name in ("a", "b"):
        await erasing.erase_task(house.store, f"task_{name}")
        await house.sweep(grace=0)
        lie.append(house.lies(b"picture"))
    assert [True, False] == lie


async def test_only_a_finished_task_that_is_there_is_erased(house: House) -> None:
    await house.task("a")
    await house.resume("task_a")
    for name, problem in (("task_a", Problem.CONFLICT), ("task_b", Problem.NOT_FOUND)):
        with pytest.raises(Trouble) as caught:
            await erasing.erase_task(house.store, name)
        assert problem is caught.value.problem


async def test_an_account_is_erased_whole_and_what_still_runs_when_it_ends(house: House, url: str) -> None:
    await house.task("a", b"film", inputs=(await house.medium("med_1", b"picture"),))
    await house.medium("med_2", b"upload", upload=1)
    running_input = await house.medium("med_3", b"running picture", upload=1)
    await house.task("b", inputs=(running_input,))
    await house.resume("task_b")
    key = {
        "id": "key_1",
        "account_id": "acct_1",
        "name": "n",
        "hash": "h",
        "hint": "h",
        "scopes": "{}",
        "paused": 0,
    }
    await house.store.write(step("insert_key", **key, expires_at=None, created_at=1, used_at=None))
    receipt = await erasing.erase_account(house.store, "acct_1")
    assert (1, 1, 2, 1, ("task_b",)) == (
        receipt.tasks,
        receipt.artifacts,
        receipt.media,
        receipt.keys,
        receipt.waiting,
    )
    assert house.clock.now == (await house.job("task_b")).cancel_at
    await house.sweep(grace=0)
    lie = [house.lies(content) for content in (b"film", b"picture", b"upload", b"running picture")]
    assert [False, False, False, True] == lie
    house.clock.now += 1000
    end = {"state": "cancelled", "finished_at": house.clock.now, "due_at": None}
    await house.store.write(step("save_task", **{**saved(await house.job("task_b")), **end}))
    await house.sweep(grace=0)
    assert (set(), False) == (await mentions(url, "the prompt of"), house.lies(b"running picture"))
    assert (set(), []) == (await mentions(url, "key_1") - {"tasks"}, await house.books())


# --- a whole gateway: the disk ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running(tmp_path_factory.mktemp("erasing") / "data") as gateway:
        yield gateway


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((320, 180), 80).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def disk(gateway: Gateway, *words: bytes) -> dict[bytes, list[str]]:
    """The files of the data folder in which each word stands."""
    files = [path for path in gateway.data.rglob("*") if path.is_file() and path.name != "log"]
    contents = {str(path.relative_to(gateway.data)): path.read_bytes() for path in files}
    return {word: [name for name, content in contents.items() if word in content] for word in words}


def nowhere(words: list[bytes]) -> dict[bytes, list[str]]:
    return {word: [] for word in words}


def made(gateway: Gateway, prompt: str, key: str | None = None) -> tuple[dict[str, Any], list[bytes]]:
    """A finished task with an input, and words that stand in its prompt, its result and its input."""
    given = picture()
    url = f"data:image/png;base64,{base64.b64encode(given).decode()}"
    body = {
        "model": "gen4_turbo",
        "prompt": prompt,
        "seconds": 5,
        "inputs": [{"role": "first_frame", "url": url}],
    }
    task = gateway.finished(gateway.submit(body, key=key)["id"], key=key)
    assert "succeeded" == task["status"], task
    film = gateway.call("GET", task["artifacts"][0]["url"], key="").body
    return task, [prompt.encode(), film[len(film) // 2 :][:64], given[len(given) // 2 :][:64]]


def swept(gateway: Gateway) -> dict[str, Any]:
    answer = gateway.command("sweep", "--grace", "0")
    assert 0 == answer.returncode, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.slow
def test_an_erased_task_is_gone_from_the_disk(own: Gateway) -> None:
    task, words = made(own, f"{WORD} task")
    assert all(found for found in disk(own, *words).values()), "it is there before"
    answer = own.command("tasks", "erase", task["id"])
    assert (0, 1) == (answer.returncode, json.loads(answer.stdout)["tasks"]), answer.stderr
    assert swept(own)["files"] >= 2
    assert nowhere(words) == disk(own, *words)
    assert 404 == own.call("GET", task["artifacts"][0]["url"], key="").status
    assert 404 == own.call("GET", f"/v1/tasks/{task['id']}").status
    again = own.command("tasks", "erase", task["id"])
    assert (1, True) == (again.returncode, "there is no task" in again.stderr)
    assert "balanced" == own.books()


@pytest.mark.slow
def test_what_a_client_deletes_is_gone_from_the_disk(own: Gateway) -> None:
    body = {"model": "sora-2", "prompt": f"{WORD} client", "seconds": "4"}
    video = own.call("POST", "/v1/videos", body).json
    task = own.finished(video["id"])
    film = own.call("GET", task["artifacts"][0]["url"], key="").body
    words = [f"{WORD} client".encode(), film[len(film) // 2 :][:64]]
    assert all(found for found in disk(own, *words).values())
    assert 200 == own.call("DELETE", f"/v1/videos/{video['id']}").status
    swept(own)
    assert nowhere(words) == disk(own, *words)


@pytest.mark.slow
def test_an_erased_account_is_gone_from_the_disk_and_others_stay(own: Gateway) -> None:
    key = own.command("keys", "create", "--account", "other", "--credit", "5").stdout.strip()
    _, words = made(own, f"{WORD} account", key)
    kept, kept_words = made(own, "another prompt altogether")
    receipt = own.admin("POST", "/accounts/other/erase").json
    assert (1, 1, 1, 1, 3, []) == tuple(
        receipt[name] for name in ("tasks", "artifacts", "media", "keys", "entries", "waiting")
    )
    end = time.monotonic() + 3
    while own.call("GET", "/v1/models", key=key).status != 401:
        assert time.monotonic() < end, "a key that was erased must not be taken for long"
        time.sleep(0.05)
    swept(own)
    assert nowhere(words) == disk(own, *words)
    assert all(found for found in disk(own, *kept_words).values())
    assert 200 == own.call("GET", kept["artifacts"][0]["url"], key="").status
    assert 404 == own.admin("POST", "/accounts/nobody/erase").status
    assert "balanced" == own.books()


@pytest.mark.slow
def test_the_erased_are_not_for_customers_to_erase(own: Gateway) -> None:
    for path in ("/admin/v1/tasks/x/erase", "/admin/v1/accounts/default/erase"):
        assert own.call("POST", path).status in {401, 403}
    assert 404 == own.call("POST", "/admin/v1/tasks/x/erase", key=ADMIN).status
