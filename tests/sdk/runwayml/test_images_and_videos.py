"""Runway's own SDK, unmodified, against a running gateway: sync and async, its uploads, waiters and exceptions."""

from __future__ import annotations

import asyncio
import base64
import io
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import av
import httpx
import pytest
import runwayml
from PIL import Image
from runwayml import AsyncRunwayML, RunwayML, TaskFailedError
from runwayml.types.task_retrieve_response import Cancelled, Failed, Pending, Running, Succeeded

from running import Gateway

pytestmark = pytest.mark.slow
FINAL = {"SUCCEEDED", "FAILED", "CANCELLED"}


def finished(client: RunwayML, made: Any, within: float = 60) -> Any:
    """As the documents poll; the SDK's own waiter sleeps six seconds at a time, and has tests of its own below."""
    end = time.monotonic() + within
    while (found := client.tasks.retrieve(made.id)).status not in FINAL:
        assert isinstance(found, Pending | Running), found
        assert found.estimated_cost.credits > 0
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def picture(size: tuple[int, int] = (320, 240), form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, form)
    return file.getvalue()


def data_uri(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def probed(task: Any) -> tuple[float, float]:
    """Seconds of the task's video, and its shape."""
    content = httpx.get(task.output[0], timeout=30).content
    assert b"ftyp" == content[4:8]
    with av.open(io.BytesIO(content)) as file:
        video = file.streams.video[0]
        return (file.duration or 0) / av.time_base, video.width / video.height


@pytest.fixture(scope="module")
def clip(client: RunwayML) -> str:
    """A video that the gateway made, by its link."""
    made = client.text_to_video.create(model="gen4.5", prompt_text="a fox", ratio="1280:720", duration=2)
    return finished(client, made).output[0]


def test_a_video_from_a_picture_and_the_sdks_own_waiter(client: RunwayML) -> None:
    made = client.image_to_video.create(
        model="gen4_turbo",
        prompt_image=data_uri(picture()),
        prompt_text="it moves",
        ratio="960:960",
        duration=3,
        seed=5,
    )
    task = made.wait_for_task_output(timeout=60)
    assert isinstance(task, Succeeded)
    assert (made.id, 1) == (task.id, len(task.output))
    seconds, shape = probed(task)
    assert (3, 1) == (pytest.approx(seconds, abs=0.2), pytest.approx(shape, abs=0.02))
    assert abs(task.created_at - datetime.now(UTC)) < timedelta(minutes=2)
    assert task.cost.credits >= 0


async def test_the_async_waiter(async_client: AsyncRunwayML) -> None:
    made = await async_client.text_to_video.create(
        model="veo3.1", prompt_text="a paper boat", ratio="1080:1920", duration=4, audio=True
    )
    task = await made.wait_for_task_output(timeout=60)
    assert isinstance(task, Succeeded)
    seconds, shape = probed(task)
    assert (4, 9 / 16) == (pytest.approx(seconds, abs=0.2), pytest.approx(shape, abs=0.02))


@pytest.mark.parametrize("directive", ["fail", "moderate=output"])
def test_the_waiter_raises_for_a_failed_task(client: RunwayML, directive: str) -> None:
    made = client.text_to_video.create(
        model="gen4.5", prompt_text=f"a fox [sandbox:{directive}]", ratio="1280:720", duration=2
    )
    with pytest.raises(TaskFailedError) as caught:
        made.wait_for_task_output(timeout=60)
    task = caught.value.task_details
    assert isinstance(task, Failed)
    assert {"fail": "INTERNAL", "moderate=output": "SAFETY."}[directive] in str(task.failure_code)
    assert (0, True) == (task.cost.credits, bool(task.failure))


def test_first_and_last_frame(client: RunwayML) -> None:
    made = client.image_to_video.create(
        model="veo3.1_fast",
        prompt_image=[
            {"uri": data_uri(picture()), "position": "first"},
            {"uri": data_uri(picture((240, 320), "JPEG"), "image/jpeg"), "position": "last"},
        ],
        ratio="1280:720",
        duration=6,
    )
    assert isinstance(finished(client, made), Succeeded)


@pytest.mark.parametrize("form", ["bytes", "file"])
def test_an_upload_in_two_steps(client: RunwayML, form: str, tmp_path: Any) -> None:
    file = tmp_path / "boat.jpg"
    file.write_bytes(picture((640, 480), "JPEG"))
    given: Any = file if form == "file" else ("boat.jpg", file.read_bytes())
    uploaded = client.uploads.create_ephemeral(file=given)
    assert uploaded.uri.startswith("runway://")
    made = client.image_to_video.create(model="gen4_turbo", prompt_image=uploaded.uri, ratio="1280:720")
    assert isinstance(finished(client, made), Succeeded)


async def test_an_upload_without_blocking(async_client: AsyncRunwayML) -> None:
    uploaded = await async_client.uploads.create_ephemeral(file=("boat.png", picture()))
    made = await async_client.image_upscale.create(
        model="magnific_precision_upscaler_v2", image_uri=uploaded.uri, scale_factor=2
    )
    async with asyncio.timeout(60):
        while True:
            task = await async_client.tasks.retrieve(made.id)
            if task.status in FINAL:
                break
            await asyncio.sleep(0.1)
    assert isinstance(task, Succeeded)
    async with httpx.AsyncClient() as plain:
        content = (await plain.get(task.output[0])).content
    with Image.open(io.BytesIO(content)) as image:
        assert image.width / image.height == pytest.approx(320 / 240, abs=0.02)


def test_an_upload_that_is_no_medium_is_refused(client: RunwayML) -> None:
    with pytest.raises(runwayml.APIStatusError, match="Upload failed with status 422"):
        client.uploads.create_ephemeral(file=("boat.jpg", b"no picture at all"))


def test_an_upload_link_is_good_for_its_slot_alone(gateway: Gateway) -> None:
    headers = {"x-runway-version": "2024-11-06"}
    slots = [
        gateway.call("POST", "/runwayml/v1/uploads", {"filename": "a.png"}, headers=headers).json
        for _ in range(2)
    ]
    link = slots[0]["uploadUrl"].replace(slots[0]["fields"]["key"], slots[1]["fields"]["key"])
    for url, files, status in (
        (link, {"file": picture()}, 403),
        (slots[0]["uploadUrl"], None, 415),
        (slots[0]["uploadUrl"], {"file": picture(), "more": picture()}, 422),
        (slots[0]["uploadUrl"], {"file": picture()}, 204),
    ):
        assert status == httpx.post(url, files=files, timeout=30).status_code


def test_images(client: RunwayML) -> None:
    made = client.text_to_image.create(
        model="gpt_image_2", prompt_text="a paper boat", ratio="1920:1280", output_count=2, quality="low"
    )
    task = finished(client, made)
    assert 2 == len(task.output)
    for url in task.output:
        content = httpx.get(url, timeout=30).content
        assert b"\x89PNG" == content[:4]
        with Image.open(io.BytesIO(content)) as image:
            assert image.width / image.height == pytest.approx(1.5, abs=0.02)


def test_an_image_like_others(client: RunwayML) -> None:
    made = client.text_to_image.create(
        model="gen4_image",
        prompt_text="@boat in a storm",
        ratio="1024:1024",
        reference_images=[{"uri": data_uri(picture()), "tag": "boat"}],
    )
    assert isinstance(finished(client, made), Succeeded)


def test_a_video_from_a_video(client: RunwayML, clip: str) -> None:
    made = client.video_to_video.create(model="aleph2", video_uri=clip, prompt_text="make it evening")
    assert isinstance(finished(client, made), Succeeded)


def test_a_video_that_goes_on(client: RunwayML, clip: str) -> None:
    made = client.video_to_video.create(
        model="seedance2_5", prompt_video=clip, prompt_text="on it goes", mode="extend", duration=4
    )
    assert isinstance(finished(client, made), Succeeded)


def test_the_tools(client: RunwayML, clip: str) -> None:
    made = [
        client.video_upscale.create(
            model="magnific_video_upscaler_creative", video_uri=clip, resolution="1k"
        ),
        client.video_upscale.create(model="enhance_frame_rate", video_uri=clip, target_framerate="30"),
        client.video_to_hdr.create(model="ruby", video_uri=clip, output_format="hdr10"),
        client.character_performance.create(
            model="act_two",
            character={"type": "image", "uri": data_uri(picture())},
            reference={"type": "video", "uri": clip},
            ratio="1280:720",
        ),
    ]
    assert ["SUCCEEDED"] * 4 == [finished(client, task).status for task in made]


def test_a_running_task_is_cancelled_and_gone(client: RunwayML) -> None:
    made = client.text_to_video.create(
        model="gen4.5", prompt_text="a fox [sandbox:delay=60]", ratio="1280:720", duration=2
    )
    client.tasks.delete(made.id)
    with pytest.raises(runwayml.NotFoundError):
        client.tasks.retrieve(made.id)


def test_a_finished_task_is_deleted_with_its_files(client: RunwayML) -> None:
    made = client.text_to_video.create(model="gen4.5", prompt_text="a fox", ratio="1280:720", duration=2)
    task = finished(client, made)
    client.tasks.delete(made.id)
    with pytest.raises(runwayml.NotFoundError, match=made.id):
        client.tasks.retrieve(made.id)
    assert 404 == httpx.get(task.output[0]).status_code
    with pytest.raises(runwayml.NotFoundError):
        client.tasks.delete(made.id)


async def test_a_task_that_the_gateway_cancelled(gateway: Gateway, async_client: AsyncRunwayML) -> None:
    made = await async_client.text_to_video.create(
        model="gen4.5", prompt_text="a fox [sandbox:delay=60]", ratio="1280:720", duration=2
    )
    assert 200 == gateway.call("POST", f"/v1/tasks/{made.id}/cancel").status
    with pytest.raises(TaskFailedError) as caught:
        await made.wait_for_task_output(timeout=60)
    assert isinstance(caught.value.task_details, Cancelled)


def test_the_account(client: RunwayML) -> None:
    before = client.organization.retrieve()
    assert before.credit_balance > 0
    made = client.text_to_video.create(model="gen4.5", prompt_text="a fox", ratio="1280:720", duration=2)
    cost = finished(client, made).cost.credits
    assert cost > 0
    today = datetime.now(UTC).date()
    usage = client.organization.retrieve_usage()
    assert "gen4.5" in usage.models
    [day] = [result for result in usage.results if result.date in {today, today - timedelta(days=1)}][-1:]
    spent = {spend.model: spend.amount for spend in day.used_credits}
    assert spent["gen4.5"] >= cost
    same = client.organization.retrieve_usage(start_date=today, before_date=today + timedelta(days=1))
    assert spent == {spend.model: spend.amount for spend in same.results[0].used_credits}
    past = client.organization.retrieve_usage(start_date=date(2020, 1, 1))
    assert ([], []) == (past.results, past.models)


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        ("yesterday", None, "startDate"),
        ("2026-01-01", "2026-01-01", "beforeDate"),
        ("2026-01-01", "2026-04-02", "beforeDate"),
        (None, "2026-1-1", "beforeDate"),
    ],
)
def test_a_wrong_period_is_refused(client: RunwayML, start: Any, end: Any, word: str) -> None:
    given = {"start_date": start} if start else {}
    with pytest.raises(runwayml.BadRequestError, match=word):
        client.organization.retrieve_usage(**given, **({"before_date": end} if end else {}))


def test_a_wrong_key_is_refused(gateway: Gateway) -> None:
    with (
        RunwayML(base_url=f"{gateway.url}/runwayml", api_key="fg-nobody") as stranger,
        pytest.raises(runwayml.AuthenticationError, match="not known here"),
    ):
        stranger.organization.retrieve()


@pytest.mark.parametrize("version", [None, "2024-09-13"])
@pytest.mark.parametrize("path", ["tasks/7e647762-5b4c-45f9-a4cf-7248f1eec6fc", "organization"])
def test_the_version_is_needed_everywhere(gateway: Gateway, version: str | None, path: str) -> None:
    headers = {"x-runway-version": version} if version else {}
    answer = gateway.call("GET", f"/runwayml/v1/{path}", headers=headers)
    assert 400 == answer.status
    assert "X-Runway-Version must be 2024-11-06" in answer.json["error"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"model": "gen9"}, "no model 'gen9'"),
        ({"ratio": "1:2"}, "ratio must be one of 1280:720, 720:1280"),
        ({"duration": 5.5}, "duration"),
        ({"duration": 99}, "duration"),
        ({"prompt_text": ""}, "promptText is required"),
        ({"seed": -1}, "seed"),
        ({"extra_body": {"callbackUrl": "https://example.com"}}, "callbackUrl is no field of gen4.5"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(client: RunwayML, given: dict[str, Any], words: str) -> None:
    body: dict[str, Any] = {"model": "gen4.5", "prompt_text": "a fox", "ratio": "1280:720", "duration": 2}
    with pytest.raises(runwayml.BadRequestError, match=words) as caught:
        client.text_to_video.create(**{**body, **given})
    assert ["error"] == list(caught.value.response.json())


@pytest.mark.parametrize(
    "uri", ["runway://med_unknown", data_uri(b"no picture"), "https://127.0.0.1:1/a.png"]
)
def test_a_wrong_picture_is_refused(client: RunwayML, uri: str) -> None:
    with pytest.raises(runwayml.BadRequestError, match="promptImage"):
        client.image_to_video.create(model="gen4_turbo", prompt_image=uri, ratio="1280:720")


def test_an_empty_account_is_told_of_credits(gateway: Gateway) -> None:
    key = gateway.command("keys", "create", "--account", "runway-without-credit").stdout.strip()
    with (
        RunwayML(base_url=f"{gateway.url}/runwayml", api_key=key) as poor,
        pytest.raises(runwayml.BadRequestError, match="not have enough credits"),
    ):
        poor.text_to_video.create(model="gen4.5", prompt_text="a fox", ratio="1280:720", duration=2)


def test_what_is_no_path_is_answered_in_the_same_form(client: RunwayML) -> None:
    with pytest.raises(runwayml.NotFoundError, match="there is no path"):
        client.workflows.list()
