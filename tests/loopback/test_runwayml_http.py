"""A gateway whose Runway is another gateway: SDK, dialect, provider, dialect, sandbox, and back again."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import av
import pytest
import runwayml
from PIL import Image
from runwayml import RunwayML
from runwayml.types.task_retrieve_response import Failed, Succeeded

from running import Gateway

pytestmark = pytest.mark.slow
MODELS = ("gen4_turbo", "gen4.5", "gen4_image", "aleph2", "ideogram_4_0")
FINAL = {"SUCCEEDED", "FAILED", "CANCELLED"}
VERSION = {"x-runway-version": "2024-11-06"}


@pytest.fixture(scope="module")
def near(in_front: Callable[..., Gateway]) -> Gateway:
    """The near gateway; the far one serves it."""
    return in_front("runway", MODELS, "/runwayml")


@pytest.fixture
def client(near: Gateway) -> Iterator[RunwayML]:
    with RunwayML(base_url=f"{near.url}/runwayml", api_key=near.key, max_retries=0) as found:
        yield found


def finished(near: Gateway, client: RunwayML, made: Any) -> Any:
    end = time.monotonic() + 90
    while (found := client.tasks.retrieve(made.id)).status not in FINAL:
        assert time.monotonic() < end, f"{found}; {near.tail()}"
        time.sleep(0.2)
    return found


def picture(size: tuple[int, int] = (400, 300)) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, "PNG")
    return file.getvalue()


def data_uri(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def test_runway_in_front_of_runway(near: Gateway, client: RunwayML) -> None:
    uploaded = client.uploads.create_ephemeral(file=("boat.png", picture()))
    made = {
        "upload": client.image_to_video.create(
            model="gen4_turbo",
            prompt_image=uploaded.uri,
            prompt_text="it moves",
            ratio="960:960",
            duration=3,
            content_moderation={"public_figure_threshold": "low"},
        ),
        "images": client.text_to_image.create(
            model="ideogram_4_0", prompt_text="a paper boat", ratio="2496:1664", quality="low", output_count=2
        ),
        "tagged": client.text_to_image.create(
            model="gen4_image",
            prompt_text="@boat in a storm",
            ratio="1024:1024",
            reference_images=[{"uri": data_uri(picture()), "tag": "boat"}],
        ),
        "moderated": client.text_to_video.create(
            model="gen4.5", prompt_text="a fox [sandbox:moderate=output]", ratio="1280:720", duration=2
        ),
        "failed": client.text_to_video.create(
            model="gen4.5", prompt_text="a fox [sandbox:fail]", ratio="1280:720", duration=2
        ),
    }
    done = {name: finished(near, client, task) for name, task in made.items()}
    for name in ("upload", "images", "tagged"):
        assert isinstance(done[name], Succeeded), done[name]
    content = near.call("GET", done["upload"].output[0], key="").body
    with av.open(io.BytesIO(content)) as file:
        assert 3 == pytest.approx((file.duration or 0) / av.time_base, abs=0.2)
        assert file.streams.video[0].width == file.streams.video[0].height
    assert 2 == len(done["images"].output)
    for name, start in (("moderated", "SAFETY."), ("failed", "INTERNAL")):
        assert isinstance(done[name], Failed)
        assert done[name].failure_code.startswith(start)

    edited = client.video_to_video.create(
        model="aleph2", video_uri=done["upload"].output[0], prompt_text="make it evening"
    )
    assert isinstance(finished(near, client, edited), Succeeded)
    assert "balanced" in near.books()


def test_a_cancelled_task_is_cancelled_at_the_far_side_too(
    near: Gateway, gateway: Gateway, client: RunwayML
) -> None:
    far = RunwayML(base_url=f"{gateway.url}/runwayml", api_key=gateway.key)
    before = far.organization.retrieve().credit_balance
    made = client.text_to_video.create(
        model="gen4.5", prompt_text="a fox [sandbox:delay=60]", ratio="1280:720", duration=2
    )
    end = time.monotonic() + 60
    while client.tasks.retrieve(made.id).status == "PENDING":
        assert time.monotonic() < end, near.tail()
        time.sleep(0.1)
    client.tasks.delete(made.id)
    while True:
        try:
            found = client.tasks.retrieve(made.id)
        except runwayml.NotFoundError:
            break
        if found.status == "CANCELLED":
            break
        assert time.monotonic() < end, f"{found}; {near.tail()}"
        time.sleep(0.1)
    assert before == far.organization.retrieve().credit_balance
    far.close()
    assert "balanced" in near.books()


def test_what_is_left_is_read_at_the_far_side(near: Gateway, client: RunwayML) -> None:
    assert client.organization.retrieve().credit_balance > 0
    answer = near.call("GET", "/runwayml/v1/organization", headers=VERSION)
    assert 200 == answer.status
