"""Zhipu's two SDKs, unmodified, against a running gateway: `zai-sdk` here, `zhipuai` in an environment of its own."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
import zai
from PIL import Image
from zai import ZaiClient, ZhipuAiClient
from zai.types.video import VideoObject

from running import Gateway

pytestmark = pytest.mark.slow
ROOT = "/zhipu/api/paas/v4"
OTHER = Path(__file__).parents[2] / ".venv-zhipuai" / "bin" / "python"
PROGRAM = Path(__file__).with_name("zhipuai_program.py")


@pytest.fixture(scope="module")
def pair(gateway: Gateway) -> str:
    """A key in the form of Zhipu's own, as the operator hands it out: `<id>.<secret>`."""
    key_id = gateway.admin("GET", "/keys").json["data"][0]["id"]
    found = gateway.admin("GET", f"/keys/{key_id}/secret").json
    return f"{found['access_key']}.{found['secret_key']}"


@pytest.fixture
def client(gateway: Gateway) -> Iterator[ZaiClient]:
    with ZaiClient(base_url=gateway.url + ROOT, api_key=gateway.key, max_retries=0) as found:
        yield found


def finished(client: Any, made: VideoObject, within: float = 60) -> VideoObject:
    """As the documents poll: until the task is no longer PROCESSING."""
    assert made.id
    end = time.monotonic() + within
    while (found := client.videos.retrieve_videos_result(id=made.id)).task_status == "PROCESSING":
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def picture(size: tuple[int, int] = (320, 240)) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, "PNG")
    return file.getvalue()


def probed(url: str) -> tuple[float, tuple[int, int], float, set[str]]:
    """Seconds, size, rate and kinds of streams of the video at a link."""
    content = httpx.get(url, timeout=30).content
    assert b"ftyp" == content[4:8]
    with av.open(io.BytesIO(content)) as file:
        video = file.streams.video[0]
        size, rate = (video.width, video.height), float(video.average_rate or 0)
        return (file.duration or 0) / av.time_base, size, rate, {stream.type for stream in file.streams}


def test_a_video_from_words(client: ZaiClient) -> None:
    own = f"boat-{time.time_ns()}"
    made = client.videos.generations(
        model="cogvideox-3", prompt="a paper boat", quality="speed", duration=5, request_id=own
    )
    assert ("PROCESSING", own, "cogvideox-3") == (made.task_status, made.request_id, made.model)
    assert made.id
    assert made.id.isdigit()
    task = finished(client, made)
    assert ("SUCCESS", own, made.id) == (task.task_status, task.request_id, task.id)
    [video] = task.video_result
    assert probed(video.url)[0] == pytest.approx(5, abs=0.2)
    still = httpx.get(video.cover_image_url, timeout=30)
    with Image.open(io.BytesIO(still.content)) as image:
        assert min(image.size) > 8
    assert made.id == client.videos.retrieve_videos_result(id=own).id


def test_every_word_reaches_the_renderer(client: ZaiClient) -> None:
    made = client.videos.generations(
        model="cogvideox-3",
        prompt="a paper boat",
        size="1024x1024",
        fps=60,
        duration=10,
        with_audio=True,
        quality="quality",
        watermark_enabled=False,
    )
    task = finished(client, made)
    assert "SUCCESS" == task.task_status
    seconds, (wide, high), _, kinds = probed(task.video_result[0].url)
    assert 10 == pytest.approx(seconds, abs=0.2)
    assert wide == high
    assert {"video", "audio"} == kinds


@pytest.mark.parametrize("form", ["base64", "data URI", "first and last"])
def test_a_video_from_pictures(client: ZaiClient, form: str) -> None:
    text = base64.b64encode(picture()).decode()
    data = f"data:image/png;base64,{text}"
    given: Any = {"base64": text, "data URI": data, "first and last": [data, text]}[form]
    made = client.videos.generations(model="cogvideox-3", prompt="it moves", image_url=given)
    assert "SUCCESS" == finished(client, made).task_status


def test_a_video_from_a_link(client: ZaiClient) -> None:
    """A link of the gateway's own, as its clients get it: to the still of a video that it made."""
    first = finished(client, client.videos.generations(model="cogvideox-flash", prompt="a fox"))
    link = first.video_result[0].cover_image_url
    made = client.videos.generations(model="cogvideox-2", image_url=link)
    assert "SUCCESS" == finished(client, made).task_status


@pytest.mark.parametrize(("directive", "code"), [("fail", "1230"), ("moderate=output", "1301")])
def test_a_task_that_fails_says_why(client: ZaiClient, directive: str, code: str) -> None:
    made = client.videos.generations(model="cogvideox-2", prompt=f"a fox [sandbox:{directive}]")
    task = finished(client, made)
    assert ("FAIL", []) == (task.task_status, task.video_result)
    error = task.error  # type: ignore[attr-defined]  # the SDK keeps what it has no type for
    assert code == error["code"]
    assert error["message"]


@pytest.mark.parametrize("kind", [ZaiClient, ZhipuAiClient])
@pytest.mark.parametrize("signed", [False, True])
def test_a_pair_is_sent_as_it_is_or_signs_a_token(
    gateway: Gateway, pair: str, kind: type[ZaiClient], *, signed: bool
) -> None:
    with kind(base_url=gateway.url + ROOT, api_key=pair, disable_token_cache=not signed) as client:
        assert signed is not (pair in client.auth_headers["Authorization"])
        made = client.videos.generations(model="cogvideox-flash", prompt="a fox")
        assert made.id == client.videos.retrieve_videos_result(id=made.id or "").id


def code_of(caught: pytest.ExceptionInfo[Any]) -> tuple[int, str]:
    return caught.value.response.status_code, caught.value.response.json()["error"]["code"]


@pytest.mark.parametrize(
    "change", [lambda key: key[:-1] + "x", lambda key: "key_01K8ZQ3V6T9M2B4C5D6E7F8G9H.a"]
)
@pytest.mark.parametrize("signed", [False, True])
def test_a_wrong_pair_is_refused(
    gateway: Gateway, pair: str, change: Callable[[str], str], *, signed: bool
) -> None:
    key = change(pair).ljust(90, "0")
    with (
        ZaiClient(base_url=gateway.url + ROOT, api_key=key, disable_token_cache=not signed) as client,
        pytest.raises(zai.core.APIAuthenticationError) as caught,
    ):
        client.videos.generations(model="cogvideox-3", prompt="a fox")
    assert (401, "1002") == code_of(caught)


def test_a_wrong_key_and_no_key_are_refused(gateway: Gateway) -> None:
    with (
        ZaiClient(base_url=gateway.url + ROOT, api_key="fg-nobody") as client,
        pytest.raises(zai.core.APIAuthenticationError) as caught,
    ):
        client.videos.generations(model="cogvideox-3", prompt="a fox")
    assert (401, "1002") == code_of(caught)
    answer = gateway.call("GET", f"{ROOT}/async-result/1", key="")
    assert (401, "1001") == (answer.status, answer.json["error"]["code"])


@pytest.mark.parametrize(
    ("more", "code", "word"),
    [
        ({"model": "cogvideox-9"}, "1211", "cogvideox-9"),
        ({"prompt": None}, "1213", "prompt"),
        ({"prompt": "x" * 20_001}, "1261", "prompt"),
        ({"fps": 24}, "1214", "fps"),
        ({"duration": 99}, "1214", "duration"),
        ({"image_url": "not a picture"}, "1214", "image_url"),
        ({"extra_body": {"negative_prompt": "rain"}}, "1214", "negative_prompt"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    client: ZaiClient, more: dict[str, Any], code: str, word: str
) -> None:
    with pytest.raises(zai.core.APIRequestFailedError) as caught:
        client.videos.generations(**{"model": "cogvideox-3", "prompt": "a fox", **more})
    assert (400, code) == code_of(caught)
    assert word in str(caught.value)


def test_an_own_id_is_good_once(client: ZaiClient) -> None:
    own = f"fox-{time.time_ns()}"
    client.videos.generations(model="cogvideox-3", prompt="a fox", request_id=own)
    with pytest.raises(zai.core.APIRequestFailedError, match="request_id") as caught:
        client.videos.generations(model="cogvideox-3", prompt="another", request_id=own)
    assert (400, "1231") == code_of(caught)


def test_a_task_that_there_is_not(client: ZaiClient) -> None:
    with pytest.raises(zai.core.APIStatusError, match="203317010364678869") as caught:
        client.videos.retrieve_videos_result(id="203317010364678869")
    assert (404, "1222") == code_of(caught)


def test_an_empty_account_is_told_at_once(gateway: Gateway) -> None:
    """The SDK tries a 429 again, three times: not this one."""
    key = gateway.command("keys", "create", "--account", "zhipu-without-credit").stdout.strip()
    sent: list[httpx.Request] = []
    with (
        httpx.Client(event_hooks={"request": [sent.append]}) as counting,
        ZaiClient(base_url=gateway.url + ROOT, api_key=key, http_client=counting) as client,
        pytest.raises(zai.core.APIReachLimitError) as caught,
    ):
        client.videos.generations(model="cogvideox-3", prompt="a fox")
    assert (429, "1113") == code_of(caught)
    assert 1 == len(sent)


def test_resellers_paths_find_each_others_tasks(gateway: Gateway) -> None:
    body = {"model": "cogvideox", "prompt": "a paper boat", "image_url": ""}
    ids = [
        gateway.call("POST", f"{prefix}/videos/generations", body).json["id"]
        for prefix in ("/cogvideox/v1", "/cogvideox/v4")
    ]
    for prefix in ("/cogvideox/v1", "/cogvideox/v4", ROOT):
        found = gateway.call("POST", f"{prefix}/async-results", {"ids": [*ids, "nobody"]}).json["results"]
        assert ids == [task["id"] for task in found]
        assert ids[0] == gateway.call("GET", f"{prefix}/async-result/{ids[0]}").json["id"]


@pytest.mark.skipif(not OTHER.exists(), reason="`make test` makes .venv-zhipuai")
def test_the_older_sdk(gateway: Gateway, pair: str) -> None:
    given = {"url": gateway.url + ROOT, "pair": pair, "image": base64.b64encode(picture()).decode()}
    done = subprocess.run(
        [OTHER, "-W", "ignore", PROGRAM],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert 0 == done.returncode, done.stderr
    found = json.loads(done.stdout)
    for how in ("plain", "signed"):
        assert "SUCCESS" == found[how]["status"]
        assert probed(found[how]["url"])[0] == pytest.approx(5, abs=0.2)
    assert ["PROCESSING", "viduq1-text"] == found["own words"]
    assert {
        "wrong key": ["APIAuthenticationError", 401, "1002"],
        "wrong field": ["APIRequestFailedError", 400, "1214"],
        "no such task": ["APIStatusError", 404, "1222"],
        "failed": "FAIL",
    } == {name: found[name] for name in ("wrong key", "wrong field", "no such task", "failed")}
