"""A gateway under fire: clients that submit, look and cancel, vendors that misbehave, and `kill -9` at random instants.

Afterwards the operator decides about what is unknown, everything may finish, and `summary` counts what went wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from databases import Server, free_port
from framegate.engine.admin import Admin
from framegate.store import open_store
from running import FINAL, Gateway, environment
from vendors import KEY, Act, Vendor, answer

HASTY = Path(__file__).with_name("hasty.py")
FORMS = {"openai-videos": "sora-2", "kling": "kling-v1", "runway": "gen4.5"}
HOOK = "https://hooks.invalid/task"
"""Refused by the guard: the notice is written, tried, and kept."""


@dataclass(slots=True)
class Summary:
    """What a storm did, and what it broke: the last five must be 0 and empty."""

    seconds: float = 0.0
    kills: int = 0
    group_kills: int = 0
    starts_killed: int = 0
    database_kills: int = 0
    tasks: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    cancels: int = 0
    notices: int = 0
    unknown: int = 0
    recoveries: int = 0
    lost: int = 0
    doubled: int = 0
    unbalanced: int = 0
    orphaned: int = 0
    flaws: list[str] = field(default_factory=list)


def config(vendor: Vendor) -> str:
    text = ""
    for form, model in FORMS.items():
        text += f"""
[[upstreams]]
name = "{form}"
provider = "{form}"
base_url = "{vendor.url}"
credential = {{ key = "{KEY}" }}
allow_hosts = ["127.0.0.1"]

[[routes]]
model = "m-{form}"
to = [{{ upstream = "{form}", model = "{model}" }}]
"""
    both = "\n".join(
        f'{{ upstream = "{form}", model = "{FORMS[form]}" }},' for form in ("openai-videos", "kling")
    )
    return f"""{text}
[[routes]]
model = "m-both"
to = [{both}]

[[prices]]
model = "*"
unit = "second"
usd = "0.01"
"""


def moody(chance: random.Random) -> Any:
    """Weather: some answers are lost, some sends refused, some polls broken off."""

    def mood(what: str) -> Act | None:
        draw = chance.random()
        if what == "submit":
            if draw < 0.03:
                return Act("close", takes=True)
            if draw < 0.06:
                return Act("reset", early=True)
            return answer(503) if draw < 0.09 else None
        return Act(chance.choice(["reset", "half"])) if draw < 0.03 and what != "other" else None

    return mood


class Storm:
    """One gateway after another over one data folder and one database."""

    def __init__(
        self,
        folder: Path,
        vendor: Vendor,
        seed: int,
        url: str = "",
        server: Server | None = None,
        lease: int = 4_000,
    ) -> None:
        self.chance = random.Random(seed)
        self.summary = Summary()
        self._data, self._vendor, self._url, self._server = folder, vendor, url, server
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "framegate.toml").write_text(config(vendor))
        self._port, self._lease = free_port(), lease
        self._made: dict[str, str] = {}  # marker → task id
        self._calm = threading.Event()
        self.gateway = self._launch()

    # --- the process -------------------------------------------------------------------------------------------------

    def _launch(self) -> Gateway:
        """Start, without waiting for it."""
        command = [
            sys.executable,
            str(HASTY),
            str(self._lease),
            "serve",
            "--port",
            str(self._port),
            "--data",
            str(self._data),
        ]
        given = {
            "FRAMEGATE_BOOTSTRAP_CREDIT": "100000",
            "FRAMEGATE_PUBLIC_URL": f"http://127.0.0.1:{self._port}",
            "FRAMEGATE_LOG_LEVEL": "error",
            "HANDED_OVER": str(self._data / "handed-over"),
            "FRAMEGATE_MASTER_KEY": "a-key-that-several-gateways-share",
            **({"FRAMEGATE_DATABASE_URL": self._url} if self._url else {}),
        }
        log = self._data / "log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*command, "--config", str(self._data / "framegate.toml")],
                stdout=out,
                stderr=out,
                env=environment(given),
                start_new_session=True,
            )
        return Gateway(f"http://127.0.0.1:{self._port}", self._data, process, log, settings=given)

    def _ready(self) -> None:
        end = time.monotonic() + 60
        while not self._serves():
            if self.gateway.process.poll() is not None:  # its database was away
                self.gateway = self._launch()
            assert time.monotonic() < end, self.gateway.tail()
            time.sleep(0.02)

    def _serves(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.gateway.call("GET", "/health", key="", timeout=2).status == 200
        return False

    def _kill(self, *, group: bool) -> None:
        self.gateway.kill(group=group)
        self.summary.kills += 1
        self.summary.group_kills += group

    # --- the clients -------------------------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """One request, again and again until a gateway answers it."""
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                found = self.gateway.call(method, path, body, headers=headers, timeout=5)
                if found.status < 500:
                    return found
            time.sleep(0.05)

    def _client(self, name: int, pause: float) -> None:
        chance = random.Random(self.chance.random())
        n = 0
        while not self._calm.is_set():
            n += 1
            marker = f"{self._data.name}-{name}-{n}"
            model = chance.choice(["m-openai-videos", "m-kling", "m-runway", "m-both"])
            words = chance.choice(["", "", "[v:fail]", "[v:polls=4]", "[v:moderate]"])
            body = {
                "model": model,
                "prompt": f"waves [m:{marker}] {words}",
                "seconds": 5,
                "callback_url": HOOK,
            }
            made = self._ask("POST", "/v1/tasks", body, {"idempotency-key": marker})
            assert made.status in {200, 201}, made.body
            self._made[marker] = made.json["id"]
            if chance.random() < 0.2:
                time.sleep(chance.random())
                self._ask("POST", f"/v1/tasks/{made.json['id']}/cancel", {})
                self.summary.cancels += 1
            self._ask("GET", f"/v1/tasks/{made.json['id']}")
            time.sleep(chance.random() * pause)

    # --- the storm ---------------------------------------------------------------------------------------------------

    def run(self, *, kills: int, seconds: float, clients: int = 4, pause: float = 0.4) -> Summary:
        """Kill so often, or for so long; then let everything finish, and count."""
        began = time.monotonic()
        threads = [threading.Thread(target=self._client, args=(n, pause)) for n in range(clients)]
        self._ready()
        for thread in threads:
            thread.start()
        try:
            while self.summary.kills < kills and time.monotonic() - began < seconds:
                self._strike()
                if not self._url and self.summary.kills % 5 == 0:
                    self._check_now()
                self.gateway = self._launch()
                if self.chance.random() < 0.15:
                    time.sleep(self.chance.uniform(0.05, 0.8))
                    self._kill(group=True)
                    self.summary.starts_killed += 1
                    self.gateway = self._launch()
                self._ready()
            self._calm.set()
            for thread in threads:
                thread.join(60)
            self._finish()
            self.summary.seconds = time.monotonic() - began
            self.gateway.stop()
            asyncio.run(self._count())
            return self.summary
        finally:
            self._calm.set()
            if self.gateway.process.poll() is None:
                self._ready()
                for thread in threads:
                    thread.join(60)
                self.gateway.stop()

    def _strike(self) -> None:
        time.sleep(self.chance.uniform(0.1, 1.2))
        if self._server and self.chance.random() < 0.3:
            self._server.kill()
            self.summary.database_kills += 1
            time.sleep(self.chance.uniform(0, 0.5))
            if self.chance.random() < 0.5:
                self._server.start()  # and the gateway lives through it
                time.sleep(self.chance.uniform(0.2, 1.5))
                self._kill(group=False)
                return
            self._kill(group=True)
            self._server.start()
            return
        self._kill(group=self.chance.random() < 0.5)

    def _check_now(self) -> None:
        """The books as the dead process left them."""
        self.summary.recoveries += 1
        asyncio.run(self._books("after a kill"))

    async def _books(self, when: str) -> None:
        store = await open_store(self._database(), clock=lambda: 0, exclusive=False)
        try:
            wrong = await Admin(store, b"m" * 32).check_ledger()
        finally:
            await store.close()
        self.summary.unbalanced += len(wrong)
        self.summary.flaws += [f"{when}: {line}" for line in wrong[:5]]

    def _database(self) -> str:
        return self._url or f"sqlite:///{self._data}/framegate.db"

    def _finish(self) -> None:
        """Until all is final; the operator looks each unknown order up at the vendor."""
        end = time.monotonic() + 90
        open_ids = set(self._made.values())
        while open_ids:
            for send in self.gateway.admin("GET", "/tasks/unknown").json["data"]:
                self._decide(send["id"])
            for task_id in list(open_ids):
                found = self.gateway.call("GET", f"/v1/tasks/{task_id}")
                if found.status == 404:
                    self.summary.lost += 1
                    self.summary.flaws.append(f"{task_id} is lost")
                if found.status == 404 or found.json["status"] in FINAL:
                    open_ids.discard(task_id)
            if time.monotonic() > end:
                self.summary.lost += len(open_ids)
                self.summary.flaws += [
                    self.gateway.command("tasks", "explain", i).stdout for i in list(open_ids)[:2]
                ]
                return
            time.sleep(0.3)

    def _decide(self, task_id: str) -> None:
        marker = next((m for m, made in self._made.items() if made == task_id), "")
        orders = [made for made in list(self._vendor.made.values()) if made.marker == marker]
        body: dict[str, Any] = {"decision": "refused"}
        if orders:
            form, made = orders[0].form, orders[0]
            handle = {"id": made.id, "kind": "video"}
            if form == "kling":
                handle = {"id": made.id, "path": "/v1/videos/text2video"}
            body = {"decision": "adopt", "handle": handle}
        with contextlib.suppress(OSError, urllib.error.URLError):
            self.summary.unknown += (
                self.gateway.admin("POST", f"/tasks/{task_id}/decision", body).status == 200
            )

    async def _count(self) -> None:
        summary = self.summary
        await self._books("at the end")
        store = await open_store(self._database(), clock=lambda: 0, exclusive=False)
        try:
            (account,) = await Admin(store, b"m" * 32).accounts()
            page = {"dialect": "", "state": "", "model": "", "family": "", "after": "", "offset": 0}
            rows = await store.rows("list_tasks", account_id=account.id, limit=1_000_000, **page)
            for row in rows:
                ended = f"task.{row['state']}"
                told = [n for n in await store.rows("notices_of", task_id=row["id"]) if n["kind"] == ended]
                summary.notices += len(told)
                if len(told) != 1:
                    summary.flaws.append(f"{row['id']}: {len(told)} notices of {ended}")
        finally:
            await store.close()
        summary.tasks = len(rows)
        for row in rows:
            summary.ended[row["state"]] = summary.ended.get(row["state"], 0) + 1
        if {row["id"] for row in rows} != set(self._made.values()):
            summary.flaws.append(f"{len(rows)} tasks for {len(self._made)} requests")
            summary.lost += abs(len(rows) - len(self._made))
        mine = f"{self._data.name}-"
        twice = {m: n for m, n in self._vendor.orders().items() if n > 1 and m.startswith(mine)}
        summary.doubled = len(twice)
        summary.flaws += [f"{marker} was ordered {n} times" for marker, n in twice.items()]
        if account.held != "0.00":
            summary.orphaned += 1
            summary.flaws.append(f"${account.held} are still held")


@contextlib.contextmanager
def storm(folder: Path, vendor: Vendor, seed: int, **options: Any) -> Iterator[Storm]:
    """A storm over a new folder. Whatever happens, its gateway is gone afterwards."""
    vendor.mood = moody(random.Random(seed))
    made = Storm(folder, vendor, seed, **options)
    try:
        yield made
    finally:
        if made.gateway.process.poll() is None:
            made.gateway.process.send_signal(signal.SIGKILL)
            made.gateway.process.wait(10)
