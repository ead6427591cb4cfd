# ruff: noqa: INP001, S310, T201 - a script that asks the gateway it is given and prints
"""Make a video in the format of Luma's web page, as resellers document it.

    FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
    FRAMEGATE_KEY    a key of the gateway

Only Python's own library is used.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")
PATH = f"{URL}/luma/v1/generations"


def call(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, data=json.dumps(body).encode() if body else None)
    request.add_header("authorization", f"Bearer {os.environ['FRAMEGATE_KEY']}")
    request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code}: {json.load(error)['detail']}")


def main() -> None:
    body = {"user_prompt": "a cat dances in the rain", "aspect_ratio": "16:9", "expand_prompt": True}
    found = call(PATH, body)
    while found["state"] not in {"completed", "failed"}:
        print(f"{found['id']} {found['state']}")
        time.sleep(1)
        found = call(f"{PATH}/{found['id']}")
    if found["state"] == "failed":
        sys.exit(f"{found['id']} failed: {found['failure_reason']}")
    with urllib.request.urlopen(found["video"]["url"], timeout=60) as response:
        Path("luma.mp4").write_bytes(response.read())
    print(f"luma.mp4: {found['video']['width']}x{found['video']['height']}")


if __name__ == "__main__":
    main()
