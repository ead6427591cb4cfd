# ruff: noqa: INP001, T201 - a script that asks the gateway it is given and prints
"""Make a video in a conversation, with OpenAI's own SDK, and read along how far it is.

FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
FRAMEGATE_KEY    a key of the gateway

pip install openai
python examples/openai_chat_video.py a paper boat crosses a puddle
"""

from __future__ import annotations

import os
import sys

import openai

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")


def main() -> None:
    prompt = " ".join(sys.argv[1:]) or "a paper boat crosses a puddle, slow dolly in"
    with openai.OpenAI(base_url=f"{URL}/v1", api_key=os.environ["FRAMEGATE_KEY"]) as client:
        stream = client.chat.completions.create(
            model="sora-2",
            messages=[{"role": "user", "content": prompt}],
            stream=True,
            extra_body={"seconds": 4, "size": "1280x720"},
        )
        try:
            for chunk in stream:
                print(chunk.choices[0].delta.content or "", end="", flush=True)
        except openai.APIError as error:
            sys.exit(error.message)


if __name__ == "__main__":
    main()
