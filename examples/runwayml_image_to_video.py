# ruff: noqa: INP001, S310, T201 - a script that asks the gateway it is given and prints
"""Make a video from a picture with Runway's own SDK (`pip install runwayml`): upload, create, wait, download.

FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
FRAMEGATE_KEY    a key of the gateway

python examples/runwayml_image_to_video.py boat.jpg the boat sails away
"""

from __future__ import annotations

import os
import sys
import urllib.request
from pathlib import Path

from runwayml import RunwayML, TaskFailedError

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("say which picture to start from")
    client = RunwayML(base_url=f"{URL}/runwayml", api_key=os.environ["FRAMEGATE_KEY"])
    uploaded = client.uploads.create_ephemeral(file=Path(sys.argv[1]))
    made = client.image_to_video.create(
        model="gen4_turbo",
        prompt_image=uploaded.uri,
        prompt_text=" ".join(sys.argv[2:]) or "it comes to life, slow dolly in",
        ratio="1280:720",
        duration=5,
    )
    print(made.id, flush=True)
    try:
        task = made.wait_for_task_output()
    except TaskFailedError as error:
        sys.exit(str(error.task_details))
    if task.status == "SUCCEEDED":
        with urllib.request.urlopen(task.output[0], timeout=60) as response:
            Path("boat.mp4").write_bytes(response.read())
        print(f"boat.mp4, {task.cost.credits} credits")


if __name__ == "__main__":
    main()
