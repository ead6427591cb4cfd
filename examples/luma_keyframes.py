# ruff: noqa: INP001, T201 - a script that asks the gateway it is given and prints
"""Make a video with Luma's own SDK (`lumaai`), go on from its end, and save both.

FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
FRAMEGATE_KEY    a key of the gateway
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import httpx
from lumaai import LumaAI
from lumaai.types import Generation

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")


def finished(client: LumaAI, generation: Generation) -> Generation:
    """Poll, as Luma's documents do."""
    while generation.state not in {"completed", "failed"}:
        print(f"{generation.id} {generation.state}")
        time.sleep(1)
        generation = client.generations.get(str(generation.id))
    if generation.state == "failed":
        sys.exit(f"{generation.id} failed: {generation.failure_reason}")
    return generation


def save(generation: Generation, name: str) -> None:
    assert generation.assets
    content = httpx.get(str(generation.assets.video), timeout=60).content
    Path(name).write_bytes(content)
    print(f"{name}: {len(content)} bytes")


def main() -> None:
    with LumaAI(base_url=f"{URL}/luma/dream-machine/v1", auth_token=os.environ["FRAMEGATE_KEY"]) as client:
        print(f"{client.credits.get().credit_balance / 100:.2f} USD left")
        first = client.generations.create(
            model="ray-2",
            prompt="a paper boat crosses a puddle",
            duration="5s",
            resolution="540p",
            concepts=[{"key": "push_in"}],
        )
        first = finished(client, first)
        save(first, "luma-first.mp4")
        second = client.generations.create(
            model="ray-2",
            prompt="the boat reaches the far side",
            duration="5s",
            resolution="540p",
            keyframes={"frame0": {"type": "generation", "id": str(first.id)}},
        )
        save(finished(client, second), "luma-second.mp4")


if __name__ == "__main__":
    main()
