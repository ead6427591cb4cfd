# ruff: noqa: INP001, S310, T201 - a script that asks the gateway it is given and prints
"""Make a video in Kling's format, with a token that this program signs itself, as Kling's documents show.

    FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
    FRAMEGATE_KEY    a key of the gateway; or, to sign tokens,
    FRAMEGATE_PAIR   "ACCESS_KEY:SECRET_KEY", as `framegate keys secret KEY_ID` prints them

Only Python's own library is used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")
PATH = f"{URL}/kling/v1/videos/text2video"


def bearer() -> str:
    """The key as it is, or a token for half an hour."""
    access, colon, secret = os.environ.get("FRAMEGATE_PAIR", "").partition(":")
    if not colon:
        return os.environ["FRAMEGATE_KEY"]
    now = int(time.time())
    head = encoded({"alg": "HS256", "typ": "JWT"})
    claims = encoded({"iss": access, "exp": now + 1800, "nbf": now - 5})
    signature = hmac.digest(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256)
    return f"{head}.{claims}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def call(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The `data` of a good answer."""
    request = urllib.request.Request(url, data=json.dumps(body).encode() if body else None)
    request.add_header("authorization", f"Bearer {bearer()}")
    request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    if answer["code"] != 0:
        sys.exit(f"{answer['code']}: {answer['message']}")
    return answer["data"]


def main() -> None:
    prompt = " ".join(sys.argv[1:]) or "a paper boat crosses a puddle, slow dolly in"
    task = call(PATH, {"model_name": "kling-v2-6", "prompt": prompt, "mode": "std", "duration": "5"})
    while task["task_status"] not in {"succeed", "failed"}:
        time.sleep(1)
        task = call(f"{PATH}/{task['task_id']}")
        print(task["task_status"], flush=True)
    if task["task_status"] == "failed":
        sys.exit(task["task_status_msg"])
    [video] = task["task_result"]["videos"]
    with urllib.request.urlopen(video["url"], timeout=60) as response:
        Path("boat.mp4").write_bytes(response.read())
    print(f"boat.mp4: {video['duration']} s, {task['final_unit_deduction']} units")


if __name__ == "__main__":
    main()
