"""A real gateway as a process of its own: what tests of the whole run against."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEY = "fg-test-key-of-the-first-account"
ADMIN = "admin-token-of-the-tests"
FINAL = {"succeeded", "failed", "cancelled", "expired"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `json` is None where the body is none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(slots=True)
class Gateway:
    """A serving gateway. `key` is the first account's, with 100 USD of sandbox credit; `settings` are variables of its
    own, which the commands beside it need, too: without them they would open another database.
    """

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    log: Path
    key: str = KEY
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        """One request; `body` is sent as JSON, bytes as they are. Errors are answers too."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        target = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(target, data=data, method=method)
        if key != "":
            request.add_header("authorization", f"Bearer {key or self.key}")
        request.add_header("content-type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return answer_of(response)
        except urllib.error.HTTPError as error:
            with error:
                return answer_of(error)

    def admin(self, method: str, path: str, body: Any = None) -> Answer:
        """One request at the operator's door."""
        return self.call(method, f"/admin/v1{path}", body, key=ADMIN)

    def submit(self, body: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """A new native task."""
        answer = self.call("POST", "/v1/tasks", body, **options)
        assert answer.status in {200, 201}, answer.body
        return answer.json

    def finished(self, task_id: str, *, within: float = 60, key: str | None = None) -> dict[str, Any]:
        """The native task once it is final."""
        end = time.monotonic() + within
        while True:
            task = self.call("GET", f"/v1/tasks/{task_id}", key=key).json
            if task["status"] in FINAL:
                return task
            assert time.monotonic() < end, f"{task['status']} after {within} s; log:\n{self.tail()}"
            time.sleep(0.05)

    def command(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """`framegate …` beside the serving process, over the same data; with `settings` of its own, if any."""
        given = {f"FRAMEGATE_{name.upper()}": value for name, value in settings.items()}
        return subprocess.run(
            [sys.executable, "-m", "framegate", *arguments, "--data", str(self.data)],
            capture_output=True,
            text=True,
            check=False,
            env=environment({**self.settings, **given}),
            timeout=60,
        )

    def books(self) -> str:
        return self.command("ledger", "check").stdout.strip()

    def kill(self, *, group: bool = False) -> None:
        """`kill -9`, of the process alone or of its whole group."""
        target = os.killpg if group else os.kill
        target(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill(group=True)

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def answer_of(response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, response.read())


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a gateway under test: tiny renderings, no disk limit, known secrets."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FRAMEGATE_")}
    return {
        **inherited,
        "FRAMEGATE_BOOTSTRAP_KEY": KEY,
        "FRAMEGATE_ADMIN_TOKEN": ADMIN,
        "FRAMEGATE_SANDBOX_PROFILE": "tiny",
        "FRAMEGATE_MIN_FREE_DISK": "1000000",
        "FRAMEGATE_LOG_LEVEL": "warning",
        **given,
    }


def start(data: Path, *, port: int = 0, config: str | None = None, **settings: str) -> Gateway:
    """Start a gateway on a free port over `data`; ready when this returns. `settings` are `FRAMEGATE_*` variables."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / "log"
    command = [sys.executable, "-m", "framegate", "serve", "--port", str(port), "--data", str(data)]
    if config is not None:
        (data / "framegate.toml").write_text(config)
        command += ["--config", str(data / "framegate.toml")]
    given = {f"FRAMEGATE_{name.upper()}": value for name, value in settings.items()}
    with log.open("ab") as out:
        before = out.tell()
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=environment(given), start_new_session=True
        )
    end = time.monotonic() + 30
    while True:
        text = log.read_bytes()[before:].decode(errors="replace")
        told = next((line for line in text.splitlines() if "Framegate listens on " in line), None)
        if told:
            gateway = Gateway(told.split()[3], data, process, log, settings=given)
            with contextlib.suppress(OSError):
                if gateway.call("GET", "/health", key="", timeout=2).status == 200:
                    return gateway
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise AssertionError(f"the gateway did not start:\n{text}")
        time.sleep(0.02)


@contextlib.contextmanager
def running(data: Path, **options: Any) -> Iterator[Gateway]:
    """A gateway for the length of a `with`."""
    gateway = start(data, **options)
    try:
        yield gateway
    finally:
        gateway.stop()
