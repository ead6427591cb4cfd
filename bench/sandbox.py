"""The sandbox's renderer: processor seconds for a second of 720p24 video, scene by scene, and for a picture.

In a process of its own, as in the gateway, where it is not part of the serving process. Each scene is asked for by a
prompt that leads to it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import ROOT, gateways
from bench.figures import Figure, middle

SECONDS = 2.0
TARGET = 1.1
PROMPTS = {
    "aurora": "aurora over a frozen lake",
    "burst": "fireworks over the bay",
    "city": "a city skyline at night",
    "clouds": "above the clouds at sunrise",
    "crystal": "a crystal turns in the light",
    "dunes": "desert dunes, caravan, slow pan",
    "flow": "smoke and ink in a vortex",
    "forest": "a forest in the mist",
    "meadow": "a meadow of flowers in spring",
    "nebula": "a nebula deep in space",
    "peaks": "mountain peaks in the snow, drone shot",
    "portrait": "portrait of a woman by the window",
    "puddle": "a paper boat crosses a puddle in the rain",
    "sea": "the sea with a sailing boat",
    "silk": "silk moves in the wind",
    "underwater": "a coral reef underwater",
    "winter": "a village in falling snow",
}
PICTURES = {"1024x1024": (1024, 1024), "1920x1080": (1920, 1080)}


def run() -> list[Figure]:
    command = [sys.executable, "-m", "bench.sandbox"]
    done = subprocess.run(
        command, cwd=ROOT, env=gateways.environment({}), check=True, stdout=subprocess.PIPE, timeout=400
    )
    found = json.loads(done.stdout.splitlines()[-1])
    videos: dict[str, float] = found["videos"]
    dearest = max(videos, key=lambda name: videos[name])
    scenes = [
        Figure(f"video, {name}", cost, "s CPU a second", TARGET, note=f"“{PROMPTS[name]}”")
        for name, cost in videos.items()
    ]
    return [
        Figure(
            "video, median scene",
            middle(list(videos.values())),
            "s CPU a second",
            TARGET,
            note=f"1280x720, 24 fps, {SECONDS:g} s each; dearest: {dearest}",
        ),
        *scenes,
        *(
            Figure(f"picture, {name}", cost, "s CPU", note="median of 3 prompts")
            for name, cost in found["pictures"].items()
        ),
    ]


def measure() -> dict[str, dict[str, float]]:
    from framegate.local.studio.brief import Brief  # noqa: PLC0415 - only in the process that renders
    from framegate.local.studio.render import render  # noqa: PLC0415

    def cost(brief: Brief, target: Path) -> float:
        before = time.process_time()
        render(brief, target, lambda _: True)
        return time.process_time() - before

    with tempfile.TemporaryDirectory(prefix="framegate-bench-") as name:
        folder = Path(name)
        cost(Brief(kind="video", prompt="warm up", seed=1, seconds=0.5), folder / "warm.mp4")
        videos = {
            scene: cost(Brief(kind="video", prompt=prompt, seed=7, seconds=SECONDS), folder / f"{scene}.mp4")
            / SECONDS
            for scene, prompt in PROMPTS.items()
        }
        pictures: dict[str, float] = {}
        for size, (width, height) in PICTURES.items():
            some = [
                Brief(kind="image", prompt=PROMPTS[s], seed=7, width=width, height=height, format="png")
                for s in ("dunes", "city", "flow")
            ]
            pictures[size] = middle([cost(brief, folder / "picture.png") for brief in some])
    return {"videos": videos, "pictures": pictures}


if __name__ == "__main__":
    print(json.dumps(measure()))
