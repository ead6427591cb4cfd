"""A small client of a running gateway, for the commands that use one as a customer would."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast


class Answered(Exception):
    """The gateway answered with an error; the message is its own."""


class Client:
    """Calls one gateway with one key. Standard library only: it must work before anything else does."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self.key = key

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """One JSON round trip. Raises `Answered` with the gateway's own words."""
        data = None if body is None else json.dumps(body).encode()
        target = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(target, data=data, method=method)  # noqa: S310 - our own gateway
        request.add_header("authorization", f"Bearer {self.key}")
        request.add_header("content-type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - our own gateway
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Answered(reason(error.read()) or f"status {error.code}") from None
        except (urllib.error.URLError, TimeoutError) as error:
            why = getattr(error, "reason", error)
            message = f"no answer from {self.url}: {getattr(why, 'strerror', None) or why}"
            raise Answered(f"{message}; is `framegate serve` running there?") from None

    def upload(self, put_url: str, path: Path, media_type: str) -> None:
        """PUT a file to an upload slot."""
        request = urllib.request.Request(put_url, data=path.read_bytes(), method="PUT")  # noqa: S310
        request.add_header("content-type", media_type)
        with urllib.request.urlopen(request, timeout=60):  # noqa: S310
            pass

    def download(self, url: str, path: Path) -> int:
        """Save what a signed link holds; the number of bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        part = path.with_name(path.name + ".part")
        with urllib.request.urlopen(url, timeout=60) as response, part.open("wb") as file:  # noqa: S310
            while piece := response.read(1 << 18):
                size += file.write(piece)
        part.rename(path)
        return size

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as response:  # noqa: S310
                return response.status == 200
        except OSError:
            return False

    def poll(self, path: str, every: float = 0.25, limit: float = 900) -> Iterator[Any]:
        """The answer to `path`, again and again."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            yield self.call("GET", path)
            time.sleep(every)
        raise Answered(f"not done within {limit:.0f} seconds; the task goes on: GET {path}")


def reason(body: bytes) -> str:
    """The message in an error of any of our dialects."""
    try:
        value: Any = json.loads(body)
    except ValueError:
        return ""
    error: Any = cast("dict[str, Any]", value).get("error", value) if isinstance(value, dict) else {}
    if not isinstance(error, dict):
        return str(error)
    words = cast("dict[str, Any]", error)
    return str(words.get("message") or words.get("detail") or "")
