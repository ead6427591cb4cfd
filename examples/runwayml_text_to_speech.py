# ruff: noqa: INP001, S310, T201 - a script that asks the gateway it is given and prints
"""Say a text with Runway's own SDK (`pip install runwayml`), dub it into another language, and download both.

FRAMEGATE_URL    the gateway, such as http://127.0.0.1:8787
FRAMEGATE_KEY    a key of the gateway

python examples/runwayml_text_to_speech.py the boat sails away
"""

from __future__ import annotations

import os
import sys
import urllib.request
from pathlib import Path

from runwayml import RunwayML, TaskFailedError

URL = os.environ.get("FRAMEGATE_URL", "http://127.0.0.1:8787").rstrip("/")


def main() -> None:
    client = RunwayML(base_url=f"{URL}/runwayml", api_key=os.environ["FRAMEGATE_KEY"])
    text = " ".join(sys.argv[1:]) or "Good morning. The boat sails away at noon."
    try:
        said = client.text_to_speech.create(
            model="eleven_multilingual_v2",
            prompt_text=text,
            voice={"type": "runway-preset", "presetId": "Maya"},
        ).wait_for_task_output()
        if said.status == "SUCCEEDED":
            save(said.output[0], "speech.mp3", said.cost.credits)
            dubbed = client.voice_dubbing.create(
                model="eleven_voice_dubbing", audio_uri=said.output[0], target_lang="fr"
            ).wait_for_task_output()
            if dubbed.status == "SUCCEEDED":
                save(dubbed.output[0], "speech-fr.mp3", dubbed.cost.credits)
    except TaskFailedError as error:
        sys.exit(str(error.task_details))


def save(link: str, name: str, credits_: int) -> None:
    with urllib.request.urlopen(link, timeout=60) as response:
        Path(name).write_bytes(response.read())
    print(f"{name}, {credits_} credits", flush=True)


if __name__ == "__main__":
    main()
