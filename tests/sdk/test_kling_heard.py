"""Kling's paths for people who speak and move, and for what is heard, by plain HTTP with a token of the client's."""

from __future__ import annotations

import array
import base64
import io
import math
import time
import wave
from collections.abc import Iterator
from typing import Any

import av
import httpx
import jwt
import pytest
from PIL import Image

from running import Gateway

TEXT = "/kling/v1/videos/text2video"
AVATAR = "/kling/v1/videos/avatar/image2video"
MOTION = "/kling/v1/videos/motion-control"
TTS = "/kling/v1/audio/tts"
TEXT_TO_AUDIO = "/kling/v1/audio/text-to-audio"
VIDEO_TO_AUDIO = "/kling/v1/audio/video-to-audio"


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    """A client that signs, as Kling's documents show it, for half an hour and from five seconds ago."""
    key_id = gateway.admin("GET", "/keys").json["data"][0]["id"]
    pair = gateway.admin("GET", f"/keys/{key_id}/secret").json
    now = int(time.time())
    token = jwt.encode(
        {"iss": pair["access_key"], "exp": now + 1800, "nbf": now - 5},
        pair["secret_key"],
        headers={"alg": "HS256", "typ": "JWT"},
    )
    with httpx.Client(
        base_url=gateway.url, headers={"authorization": f"Bearer {token}"}, timeout=90
    ) as found:
        yield found


@pytest.fixture(scope="module")
def picture() -> str:
    file = io.BytesIO()
    Image.effect_noise((400, 400), 60).convert("RGB").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def tone() -> str:
    """Three seconds of a tone as a WAV file in base64."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        samples = (int(9000 * math.sin(2 * math.pi * 220 * n / 16000)) for n in range(3 * 16000))
        sound.writeframes(array.array("h", samples).tobytes())
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def film(client: httpx.Client) -> dict[str, Any]:
    """A finished video of five seconds: its id and its link."""
    body = {"model_name": "kling-v2-6", "prompt": "a dancer", "duration": "5"}
    return made(client, TEXT, body)["task_result"]["videos"][0]


def good(response: httpx.Response) -> Any:
    body = response.json()
    assert (200, 0, "SUCCEED") == (response.status_code, body["code"], body["message"]), body
    return body["data"]


def made(client: httpx.Client, path: str, body: dict[str, Any], status: str = "succeed") -> Any:
    """The task as it ended."""
    task_id = good(client.post(path, json=body))["task_id"]
    end = time.monotonic() + 60
    while (task := good(client.get(f"{path}/{task_id}")))["task_status"] not in {"succeed", "failed"}:
        assert time.monotonic() < end, task
        time.sleep(0.1)
    assert status == task["task_status"], task
    return task


def probed(url: str) -> tuple[float, set[str]]:
    """The length of a file in seconds, and which kinds of stream it has."""
    with av.open(io.BytesIO(httpx.get(url, timeout=30).content)) as file:
        return (file.duration or 0) / av.time_base, {stream.type for stream in file.streams}


def test_a_face_speaks(client: httpx.Client, picture: str, tone: str) -> None:
    own = f"face-{time.time_ns()}"
    body = {
        "image": picture,
        "sound_file": tone,
        "prompt": "she smiles",
        "mode": "pro",
        "external_task_id": own,
    }
    task = made(client, AVATAR, body)
    assert {"external_task_id": own} == task["task_info"]
    [video] = task["task_result"]["videos"]
    seconds, streams = probed(video["url"])
    assert "video" in streams
    assert seconds == pytest.approx(float(video["duration"]), abs=0.1)
    assert "4" == task["final_unit_deduction"]  # the sandbox makes 5 s; 0.112 USD a second, 0.14 USD a unit
    assert task["task_id"] in [item["task_id"] for item in good(client.get(AVATAR))]


def test_a_character_moves_like_another(client: httpx.Client, picture: str, film: dict[str, Any]) -> None:
    body = {
        "image_url": picture,
        "video_url": film["url"],
        "character_orientation": "image",
        "keep_original_sound": "yes",
        "mode": "std",
    }
    task = made(client, MOTION, body)
    [video] = task["task_result"]["videos"]
    seconds, streams = probed(video["url"])
    assert "video" in streams
    assert 5 == pytest.approx(seconds, abs=0.2)
    assert "2.5" == task["final_unit_deduction"]  # 5 s at 0.07 USD


def test_speech_is_in_the_answer_and_a_face_says_it(client: httpx.Client, picture: str) -> None:
    body = {"text": "Good morning, everybody.", "voice_id": "genshin_vindi2", "voice_language": "en"}
    task = good(client.post(TTS, json=body))
    assert ("succeed", "0.05") == (task["task_status"], task["final_unit_deduction"])
    [speech] = task["task_result"]["audios"]
    assert {"id", "url", "duration"} == speech.keys()
    seconds, streams = probed(speech["url"])
    assert {"audio"} == streams
    assert seconds == pytest.approx(float(speech["duration"]), abs=0.1)
    shown = good(client.get(f"{TTS}/{task['task_id']}"))
    assert speech["duration"] == shown["task_result"]["audios"][0]["duration"]
    spoken = made(client, AVATAR, {"image": picture, "audio_id": speech["id"]})
    assert "video" in probed(spoken["task_result"]["videos"][0]["url"])[1]


def test_a_sound_from_words(client: httpx.Client) -> None:
    task = made(client, TEXT_TO_AUDIO, {"prompt": "rain on a tin roof", "duration": 4.5})
    [sound] = task["task_result"]["audios"]
    seconds, streams = probed(sound["url_mp3"])
    assert {"audio"} == streams
    assert 4.5 == pytest.approx(seconds, abs=0.2)
    assert "0.25" == task["final_unit_deduction"]


def test_the_sound_of_a_video(client: httpx.Client, film: dict[str, Any]) -> None:
    body = {
        "video_url": film["url"],
        "sound_effect_prompt": "steps",
        "bgm_prompt": "piano",
        "asmr_mode": False,
    }
    task = made(client, VIDEO_TO_AUDIO, body)
    [sound] = task["task_result"]["audios"]
    seconds, streams = probed(sound["url_mp3"])
    assert "audio" in streams
    assert 5 == pytest.approx(seconds, abs=0.3)
    assert "0.25" == task["final_unit_deduction"]


def test_a_sound_that_fails_costs_nothing(client: httpx.Client) -> None:
    task = made(client, TEXT_TO_AUDIO, {"prompt": "rain [sandbox:fail]", "duration": 5}, "failed")
    assert ({}, "0") == (task["task_result"], task["final_unit_deduction"])
    assert task["task_status_msg"]
    task = good(client.post(TTS, json={"text": "a [sandbox:moderate]", "voice_id": "genshin_vindi2"}))
    assert ("failed", {}, "0") == (task["task_status"], task["task_result"], task["final_unit_deduction"])


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        (AVATAR, {"image": "@", "sound_file": "no sound at all"}, "sound_file"),
        (AVATAR, {"image": "@"}, "sound_file"),
        (AVATAR, {"image": "@", "sound_file": "~", "duration": "300"}, "duration"),
        (
            MOTION,
            {"image_url": "@", "video_url": "@", "character_orientation": "left", "mode": "std"},
            "orientation",
        ),
        (
            MOTION,
            {"image_url": "@", "video_url": "@", "character_orientation": "video", "mode": "std"},
            "video_url",
        ),
        (TTS, {"text": "a", "voice_id": "x", "voice_speed": 9}, "voice_speed"),
        (TTS, {"text": "a", "voice_id": "x", "voice_language": "fr"}, "voice_language"),
        (TEXT_TO_AUDIO, {"prompt": "rain", "duration": 60}, "duration"),
        (VIDEO_TO_AUDIO, {"sound_effect_prompt": "rain"}, "video_url"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    client: httpx.Client, picture: str, tone: str, path: str, body: dict[str, Any], word: str
) -> None:
    files = {"@": picture, "~": tone}
    answer = client.post(path, json={key: files.get(value, value) for key, value in body.items()})
    assert (400, 1201) == (answer.status_code, answer.json()["code"])
    assert word in answer.json()["message"]


def test_a_speech_to_be_said_must_be_there(client: httpx.Client, picture: str) -> None:
    answer = client.post(AVATAR, json={"image": picture, "audio_id": "831922345719271433"})
    assert (404, 1203) == (answer.status_code, answer.json()["code"])
    assert "audio_id" in answer.json()["message"]


def test_the_sandbox_hears_a_video_that_is_given_alone(client: httpx.Client, film: dict[str, Any]) -> None:
    answer = client.post(VIDEO_TO_AUDIO, json={"video_id": film["id"]})
    assert (400, 1201) == (answer.status_code, answer.json()["code"])
    assert "video_id" in answer.json()["message"]
