"""One gateway as a process of its own, with the sandbox alone behind it and tiny renderings. Standard library only."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

BASES = {
    "cogvideox": "/zhipu/api/paas/v4",
    "kling": "/kling",
    "luma": "/luma/dream-machine/v1",
    "luma-web": "/luma",
    "native": "/v1",
    "openai": "/v1",
    "runway": "/runwayml",
    "runway-v2": "/runway",
    "zhipu": "/zhipu/api/paas/v4",
}
"""What a client of each format takes as its base URL, after the gateway's address."""
READY = 60.0
"""Seconds that a start may take on a busy machine."""
NAMED = re.compile(r"Framegate listens on (http://\S+)")


class DidNotStart(RuntimeError):
    """The gateway is not there; the message ends with what it said."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A serving gateway: `url` is its address, `key` opens every format, `admin_token` the operator's door."""

    url: str
    key: str
    admin_token: str

    def base_url(self, dialect: str) -> str:
        """The base URL for a client of a format, such as `runway`, `kling`, `luma` or `openai`. Raises `KeyError`."""
        if dialect not in BASES:
            raise KeyError(f"there is no format {dialect!r}; known are {', '.join(BASES)}")
        return self.url + BASES[dialect]

    def pair(self) -> tuple[str, str]:
        """Access key and secret key, for clients that sign their own tokens, as Kling's and Zhipu's do."""
        (key,) = self._admin("GET", "/keys")["data"]
        pair = self._admin("GET", f"/keys/{key['id']}/secret")
        return pair["access_key"], pair["secret_key"]

    def fail_next(self, kind: str = "fail", value: str | float | None = None, *, times: int = 1) -> None:
        """Let the next `times` tasks misbehave, in whatever format they are made.

        `kind` and `value` are the sandbox's directives: "fail" (with "internal", "busy", "invalid" …), "moderate"
        ("input" or "output"), "stall", "lost", "drop", "garbage", "rate_limit", "flaky" with a number, and "delay",
        "queue" and "late" with seconds. Raises `ValueError` for one that is not known.
        """
        word = kind if value is None else f"{kind}={value}"
        self._admin("POST", "/sandbox/next", {"directives": [word], "times": times})

    def behave(self) -> None:
        """Forget what `fail_next` asked for."""
        self._admin("DELETE", "/sandbox/next")

    def tasks(self) -> list[dict[str, Any]]:
        """The newest tasks of every format, newest first, as the native format shows them."""
        return self._call("GET", "/v1/tasks?limit=100", self.key)["data"]

    def _admin(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        return self._call(method, f"/admin/v1{path}", self.admin_token, body)

    def _call(self, method: str, path: str, key: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """One request's answer. Raises `ValueError` with what the gateway says is wrong."""
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310 - our own
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - likewise
                return json.load(response)
        except HTTPError as error:
            with error:
                said = json.load(error)
            raise ValueError(f"{said['code']}: {said['detail']}") from None


@contextlib.contextmanager
def serving(folder: Path) -> Generator[Gateway]:
    """A gateway on a free port over an empty `folder`, for the length of a `with`. Raises `DidNotStart`."""
    key, token = f"fg-test-{secrets.token_hex(12)}", secrets.token_hex(16)
    settings = {
        "FRAMEGATE_BOOTSTRAP_KEY": key,
        "FRAMEGATE_BOOTSTRAP_CREDIT": "1000000",
        "FRAMEGATE_ADMIN_TOKEN": token,
        "FRAMEGATE_SANDBOX_PROFILE": "tiny",
        "FRAMEGATE_MIN_FREE_DISK": "1000000",
        "FRAMEGATE_LOG_LEVEL": "warning",
        "FRAMEGATE_NOTICE_HOSTS": "localhost, 127.0.0.1, ::1",  # a test listens for its callbacks here
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FRAMEGATE_")}
    command = [sys.executable, "-m", "framegate", "serve", "--port", "0", "--data", str(folder / "data")]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - this program
            command, env={**inherited, **settings}, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        yield Gateway(ready(process, log), key, token)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ready(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address, once it answers there."""
    end = time.monotonic() + READY
    while process.poll() is None and time.monotonic() < end:
        if found := NAMED.search(log.read_text(errors="replace")):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{found[1]}/health", timeout=5),  # noqa: S310 - our own
            ):
                return found[1]
        time.sleep(0.02)
    raise DidNotStart(f"the gateway did not start:\n{log.read_text(errors='replace')[-2000:]}")
