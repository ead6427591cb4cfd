"""A gateway whose Zhipu is another gateway: SDK, dialect, provider, signature, dialect, sandbox, and back again."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from typing import Any

import av
import pytest
from PIL import Image
from zai import ZaiClient
from zai.types.video import VideoObject

import running
from running import Gateway

pytestmark = pytest.mark.slow
ROOT = "/zhipu/api/paas/v4"
MODELS = {"cogvideox-3": "signed", "cogvideox-2": "plain"}


@pytest.fixture(scope="module")
def near(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The near gateway signs tokens for one model of the far one, and sends its whole key for the other."""
    key_id = gateway.admin("GET", "/keys").json["data"][0]["id"]
    secret = gateway.admin("GET", f"/keys/{key_id}/secret").json["secret_key"]
    credentials = {
        "signed": f'{{ key = "{key_id}", secret = "{secret}" }}',
        "plain": f'{{ key = "{key_id}.{secret}" }}',
    }
    config = "".join(
        f'[[upstreams]]\nname = "{name}"\nprovider = "zhipu"\nbase_url = "{gateway.url}/zhipu"\n'
        f'credential = {credential}\nallow_hosts = ["127.0.0.1"]\n'
        for name, credential in credentials.items()
    )
    config += "".join(
        f'[[routes]]\nmodel = "{model}"\npolicy = "strict"\nto = [{{ upstream = "{upstream}" }}]\n'
        for model, upstream in MODELS.items()
    )
    with running.running(tmp_path_factory.mktemp("near") / "data", config=config) as found:
        yield found


@pytest.fixture
def client(near: Gateway) -> Iterator[ZaiClient]:
    with ZaiClient(base_url=near.url + ROOT, api_key=near.key, max_retries=0) as found:
        yield found


def finished(near: Gateway, client: ZaiClient, made: VideoObject) -> VideoObject:
    end = time.monotonic() + 90
    while (found := client.videos.retrieve_videos_result(id=made.id or "")).task_status == "PROCESSING":
        assert time.monotonic() < end, f"{found}; {near.tail()}"
        time.sleep(0.2)
    return found


def picture() -> str:
    file = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_zhipu_in_front_of_zhipu(near: Gateway, gateway: Gateway, client: ZaiClient) -> None:
    own = f"loop-{time.time_ns()}"
    whole: Any = {
        "prompt": "a paper boat",
        "image_url": [picture(), picture()],
        "size": "1280x720",
        "fps": 30,
        "duration": 10,
        "with_audio": True,
        "quality": "quality",
        "user_id": "user-00001",
        "request_id": own,
    }
    made = {
        "whole": client.videos.generations(model="cogvideox-3", **whole),
        "words": client.videos.generations(model="cogvideox-2", prompt="a fox"),
        "moderated": client.videos.generations(model="cogvideox-3", prompt="a fox [sandbox:moderate=output]"),
        "failed": client.videos.generations(model="cogvideox-2", prompt="a fox [sandbox:fail]"),
    }
    assert ("PROCESSING", own) == (made["whole"].task_status, made["whole"].request_id)
    done = {name: finished(near, client, task) for name, task in made.items()}
    assert {"whole": "SUCCESS", "words": "SUCCESS", "moderated": "FAIL", "failed": "FAIL"} == {
        name: task.task_status for name, task in done.items()
    }
    codes = [done[name].error["code"] for name in ("moderated", "failed")]  # type: ignore[attr-defined]
    assert ["1301", "1230"] == codes
    content = near.call("GET", done["whole"].video_result[0].url, key="").body
    with av.open(io.BytesIO(content)) as file:
        assert 10 == pytest.approx((file.duration or 0) / av.time_base, abs=0.2)
        assert {"video", "audio"} == {stream.type for stream in file.streams}
    ours = near.call("GET", f"{ROOT}/async-result/{own}").headers["x-framegate-task"]
    far = gateway.call("GET", f"{ROOT}/async-result/{ours}").json
    assert ("SUCCESS", ours) == (far["task_status"], far["request_id"]), "the near side's own id"
    assert "balanced" in near.books()


def test_the_vendors_own_limits_hold_on_the_near_side(client: ZaiClient) -> None:
    with pytest.raises(Exception, match=r"1261.*512"):
        client.videos.generations(model="cogvideox-3", prompt="x" * 513)
