# ruff: noqa: INP001, S310, T201 - a script that asks the gateway it is given and prints
"""Make a video from a picture in the format of CogVideoX, with Zhipu's own SDK (`pip install zai-sdk`).

FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
FRAMEGATE_KEY    a key of the gateway; or "KEY_ID.SECRET", whose halves `framegate keys secret KEY_ID` prints

python examples/cogvideox_image_to_video.py boat.jpg a paper boat crosses a puddle
"""

from __future__ import annotations

import base64
import os
import sys
import time
import urllib.request
from pathlib import Path

from zai import ZaiClient

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")


def main() -> None:
    picture = base64.b64encode(Path(sys.argv[1]).read_bytes()).decode() if len(sys.argv) > 1 else None
    prompt = " ".join(sys.argv[2:]) or "a paper boat crosses a puddle, slow dolly in"
    client = ZaiClient(base_url=f"{URL}/zhipu/api/paas/v4", api_key=os.environ["FRAMEGATE_KEY"])
    task = client.videos.generations(
        model="cogvideox-3", prompt=prompt, image_url=picture, quality="quality", with_audio=True, duration=5
    )
    task_id = task.id or ""
    while task.task_status == "PROCESSING":
        time.sleep(1)
        task = client.videos.retrieve_videos_result(id=task_id)
        print(task.task_status, flush=True)
    if task.task_status == "FAIL":
        sys.exit(str(task))
    with urllib.request.urlopen(task.video_result[0].url, timeout=60) as response:
        Path("boat.mp4").write_bytes(response.read())
    print("boat.mp4")


if __name__ == "__main__":
    main()
