# ruff: noqa: INP001, S310, T201 - a script that asks the gateway it is given and prints
"""Let a face say something in Kling's format: speech first, whose answer is the result, then a video of who says it.

    FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
    FRAMEGATE_KEY    a key of the gateway

The first argument is a picture of a face, a file or a URL; what follows is what it says. Only Python's own library is
used.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")
SPEECH = f"{URL}/kling/v1/audio/tts"
AVATAR = f"{URL}/kling/v1/videos/avatar/image2video"
VOICE = {"voice_id": "genshin_vindi2", "voice_language": "en"}


def call(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The `data` of a good answer."""
    request = urllib.request.Request(url, data=json.dumps(body).encode() if body else None)
    request.add_header("authorization", f"Bearer {os.environ['FRAMEGATE_KEY']}")
    request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=90) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    if answer["code"] != 0:
        sys.exit(f"{answer['code']}: {answer['message']}")
    return answer["data"]


def finished(path: str, task: dict[str, Any]) -> dict[str, Any]:
    """The result of a task, once it has one."""
    while task["task_status"] not in {"succeed", "failed"}:
        time.sleep(1)
        task = call(f"{path}/{task['task_id']}")
        print(task["task_status"], flush=True)
    if task["task_status"] == "failed":
        sys.exit(task["task_status_msg"])
    return task["task_result"]


def main() -> None:
    face, *words = sys.argv[1:] or sys.exit("give a picture of a face, and what it says")
    text = " ".join(words) or "Good morning, everybody."
    [speech] = finished(SPEECH, call(SPEECH, {"text": text, **VOICE}))["audios"]
    print(f"{speech['duration']} s of speech")
    image = face if face.startswith("http") else base64.b64encode(Path(face).read_bytes()).decode()
    [video] = finished(AVATAR, call(AVATAR, {"image": image, "audio_id": speech["id"]}))["videos"]
    with urllib.request.urlopen(video["url"], timeout=60) as response:
        Path("face.mp4").write_bytes(response.read())
    print(f"face.mp4: {video['duration']} s")


if __name__ == "__main__":
    main()
