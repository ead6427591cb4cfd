"""Sound and speech through Runway's own SDK, unmodified, against a running gateway."""

from __future__ import annotations

import asyncio
import base64
import io
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
import runwayml
from runwayml import AsyncRunwayML, RunwayML, TaskFailedError
from runwayml.types.task_retrieve_response import Succeeded

pytestmark = pytest.mark.slow
NEWS = "Good morning, here is the news."
MAYA: Any = {"type": "runway-preset", "presetId": "Maya"}
BERNARD: Any = {"type": "runway-preset", "presetId": "Bernard"}


def heard(link: str) -> tuple[str, float]:
    """Codec and seconds of a file that holds a sound, and is not silent."""
    content = httpx.get(link, timeout=30).raise_for_status().content
    with av.open(io.BytesIO(content)) as file:
        stream = file.streams.audio[0]
        assert (44_100, 2) == (stream.rate, stream.layout.nb_channels)
        seconds = (file.duration or 0) / av.time_base
        wave = np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(stream)])
    loud = wave.astype(np.float64) / (32768 if wave.dtype == np.int16 else 1)
    assert 0.01 < float(np.sqrt((loud**2).mean())) < 0.5
    return stream.codec_context.name, seconds


def result(made: Any) -> Succeeded:
    task = made.wait_for_task_output(timeout=60)
    assert isinstance(task, Succeeded)
    assert made.id == task.id
    return task


@pytest.fixture(scope="module")
def spoken(client: RunwayML) -> str:
    """A recording, by its link."""
    made = client.text_to_speech.create(model="eleven_multilingual_v2", prompt_text=NEWS, voice=MAYA)
    task = result(made)
    codec, seconds = heard(task.output[0])
    assert "mp3float" == codec
    assert seconds == pytest.approx(31 / 14, rel=0.08)
    return task.output[0]


@pytest.fixture(scope="module")
def film(client: RunwayML) -> str:
    """A video, by its link."""
    made = client.text_to_video.create(model="gen4.5", prompt_text="a fox", ratio="1280:720", duration=2)
    return result(made).output[0]


def calls(spoken: str, film: str) -> dict[str, tuple[dict[str, Any], float, int]]:
    """For each endpoint what is said, how long the result is, and what it costs in credits."""
    spoken_for = heard(spoken)[1]
    counted = math.ceil(spoken_for - 0.1)  # a recording is paid for by its own seconds, full ones
    return {
        "sound_effect": (
            {"model": "eleven_text_to_sound_v2", "prompt_text": "rain", "duration": 2.5, "loop": True},
            2.5,
            2,
        ),
        "video_to_audio": (
            {"model": "mirelo_sfx_2_0", "video_uri": film, "duration": 2, "prompt_text": "wind"},
            2.0,
            0,
        ),
        "text_to_speech": (
            {"model": "eleven_multilingual_v2", "prompt_text": NEWS, "voice": MAYA},
            spoken_for,
            1,
        ),
        "speech_to_speech": (
            {
                "model": "eleven_multilingual_sts_v2",
                "media": {"type": "audio", "uri": spoken},
                "voice": BERNARD,
            },
            spoken_for,
            math.ceil(counted / 3),
        ),
        "voice_dubbing": (
            {"model": "eleven_voice_dubbing", "audio_uri": spoken, "target_lang": "fr"},
            spoken_for,
            math.ceil(counted / 2),
        ),
        "voice_isolation": (
            {"model": "eleven_voice_isolation", "audio_uri": spoken},
            spoken_for,
            math.ceil(counted / 6),
        ),
    }


def check(name: str, task: Any, seconds: float, price: int) -> None:
    """That the task ended well, its file holds what it should, and it costs what it should."""
    assert isinstance(task, Succeeded), name
    (link,) = task.output
    codec, length = heard(link)
    assert ("mp3float", pytest.approx(seconds, abs=0.06)) == (codec, length), name
    if name != "video_to_audio":  # the one of the six that has no list price
        assert price == task.cost.credits, name


def test_each_endpoint(client: RunwayML, spoken: str, film: str) -> None:
    said = calls(spoken, film)
    made = {name: getattr(client, name).create(**said[name][0]) for name in said}
    assert 2.0 == made["sound_effect"].model_extra["estimatedCost"]["credits"]
    with ThreadPoolExecutor(len(made)) as pool:
        tasks = dict(zip(made, pool.map(result, made.values()), strict=True))
    for name, task in tasks.items():
        check(name, task, *said[name][1:])


async def test_each_endpoint_by_the_asynchronous_client(
    async_client: AsyncRunwayML, spoken: str, film: str
) -> None:
    said = calls(spoken, film)
    made = [await getattr(async_client, name).create(**said[name][0]) for name in said]
    tasks = await asyncio.gather(*(task.wait_for_task_output(timeout=60) for task in made))
    for name, task in zip(said, tasks, strict=True):
        check(name, task, *said[name][1:])


def test_variants_in_another_format(client: RunwayML) -> None:
    made = client.sound_effect.create(
        model="mirelo_sfx_2_0", prompt_text="footsteps", duration=1.5, num_variants=2, format="wav", seed=3
    )
    task = result(made)
    assert [("pcm_s16le", 1.5)] * 2 == [heard(link) for link in task.output]


def test_an_uploaded_recording(client: RunwayML, spoken: str, tmp_path: Path) -> None:
    file = tmp_path / "news.mp3"
    file.write_bytes(httpx.get(spoken, timeout=30).content)
    slot = client.uploads.create_ephemeral(file=file)
    made = client.voice_isolation.create(model="eleven_voice_isolation", audio_uri=slot.uri)
    assert heard(result(made).output[0])[1] == pytest.approx(heard(spoken)[1], abs=0.06)


@pytest.mark.parametrize(
    ("directive", "code"),
    [("fail", "INTERNAL"), ("moderate=input", "SAFETY."), ("moderate=output", "SAFETY.")],
)
def test_a_failure_is_raised(client: RunwayML, directive: str, code: str) -> None:
    text = f"Hello [sandbox:{directive}]"
    made = (
        client.text_to_speech.create(model="eleven_multilingual_v2", prompt_text=text, voice=MAYA),
        client.sound_effect.create(model="eleven_text_to_sound_v2", prompt_text=text),
    )
    for task in made:
        with pytest.raises(TaskFailedError) as caught:
            task.wait_for_task_output(timeout=60)
        details: Any = caught.value.task_details
        assert details.failure_code.startswith(code)
        assert 0 == details.cost.credits


def test_what_is_no_recording_fails_as_an_asset(client: RunwayML) -> None:
    empty = base64.b64encode(b"ID3\x04" + bytes(200)).decode()
    made = client.voice_isolation.create(
        model="eleven_voice_isolation", audio_uri=f"data:audio/mpeg;base64,{empty}"
    )
    with pytest.raises(TaskFailedError) as caught:
        made.wait_for_task_output(timeout=60)
    assert "ASSET.INVALID" == caught.value.task_details.failure_code  # type: ignore[union-attr]


def test_what_is_wrong_is_said(client: RunwayML) -> None:
    nobody: Any = {"type": "runway-preset", "presetId": "Nobody"}
    with pytest.raises(runwayml.BadRequestError, match=r"voice\.presetId must be one of Maya"):
        client.text_to_speech.create(model="eleven_v4", prompt_text="Hi", voice=nobody)
    with pytest.raises(runwayml.BadRequestError, match="duration must be more than 0"):
        client.sound_effect.create(model="mirelo_sfx_2_0", prompt_text="rain", duration=-1)
    with pytest.raises(runwayml.BadRequestError, match=r"duration must be from 0\.5 to 30"):
        client.sound_effect.create(model="eleven_text_to_sound_v2", prompt_text="rain", duration=31)
    with pytest.raises(runwayml.BadRequestError, match="videoUri must be an https URL"):
        client.video_to_audio.create(model="mirelo_sfx_2_0", video_uri="film.mp4", duration=2)
    with pytest.raises(runwayml.BadRequestError, match=r"media\.uri must be an https URL"):
        client.speech_to_speech.create(
            model="eleven_multilingual_sts_v2", media={"type": "audio", "uri": "a.mp3"}, voice=MAYA
        )
    language: Any = "xx"
    with pytest.raises(runwayml.BadRequestError, match="targetLang must be one of en"):
        client.voice_dubbing.create(
            model="eleven_voice_dubbing", audio_uri="https://example.com/a.mp3", target_lang=language
        )
    with pytest.raises(runwayml.BadRequestError, match="audioUri must be an https URL"):
        client.voice_isolation.create(model="eleven_voice_isolation", audio_uri="a.mp3")
