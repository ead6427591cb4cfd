# ruff: noqa: INP001, T201 - a script that asks the gateway it is given and prints
"""Make a video with OpenAI's own SDK, as for Sora: only the base URL and the key are other ones.

FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
FRAMEGATE_KEY    a key of the gateway

pip install openai
python examples/openai_videos_create.py a paper boat crosses a puddle
"""

from __future__ import annotations

import os
import sys
import warnings

import openai

warnings.filterwarnings("ignore", message="The Sora API", category=DeprecationWarning)
URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")


def main() -> None:
    prompt = " ".join(sys.argv[1:]) or "a paper boat crosses a puddle, slow dolly in"
    with openai.OpenAI(base_url=f"{URL}/v1", api_key=os.environ["FRAMEGATE_KEY"]) as client:
        video = client.videos.create_and_poll(prompt=prompt, model="sora-2", seconds="4", size="1280x720")
        if video.status != "completed":
            sys.exit(video.error.message if video.error else video.status)
        client.videos.download_content(video.id).write_to_file("boat.mp4")
    print(f"boat.mp4: {video.seconds} s, {video.size}")


if __name__ == "__main__":
    main()
