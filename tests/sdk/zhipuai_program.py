"""What `zhipuai` sees of a gateway, as JSON on its output. It runs in an environment of its own, for that SDK and
`zai-sdk` exclude one another; it is given the address, a pair of keys and a picture on its input.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import zhipuai  # pyright: ignore[reportMissingImports]


def main() -> None:
    given = json.load(sys.stdin)
    plain, signed = (
        zhipuai.ZhipuAI(
            base_url=given["url"], api_key=given["pair"], max_retries=0, disable_token_cache=disabled
        )
        for disabled in (True, False)
    )
    wrong = zhipuai.ZhipuAI(base_url=given["url"], api_key="id.secret", max_retries=0)
    own = {"style": "general", "aspect_ratio": "16:9", "movement_amplitude": "auto"}
    told = plain.videos.generations("viduq1-text", prompt="a fox", extra_body=own)
    found = {
        "plain": made(plain, model="cogvideox-2", prompt="a paper boat", quality="speed"),
        "signed": made(signed, model="cogvideox-3", image_url=given["image"], with_audio=True, duration=5),
        "own words": [told.task_status, told.model],
        "failed": made(plain, model="cogvideox-3", prompt="a fox [sandbox:fail]")["status"],
        "wrong key": refused(lambda: wrong.videos.generations("cogvideox-3", prompt="a fox")),
        "wrong field": refused(lambda: plain.videos.generations("cogvideox-3", prompt="a fox", fps=24)),
        "no such task": refused(lambda: plain.videos.retrieve_videos_result("203317010364678869")),
    }
    json.dump(found, sys.stdout)


def made(client: Any, **words: Any) -> dict[str, Any]:
    """A finished video: its status, and its link if there is one."""
    task = client.videos.generations(**words)
    end = time.monotonic() + 60
    while (task := client.videos.retrieve_videos_result(task.id)).task_status == "PROCESSING":
        if time.monotonic() > end:
            raise TimeoutError(str(task))
        time.sleep(0.1)
    return {"status": task.task_status, "url": task.video_result[0].url if task.video_result else None}


def refused(call: Callable[[], Any]) -> list[Any]:
    """The class, the HTTP status and the code of the error that a call raises."""
    try:
        call()
    except zhipuai.core.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.response.json()["error"]["code"]]
    return ["nothing was raised"]


if __name__ == "__main__":
    main()
