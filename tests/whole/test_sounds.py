"""Music, speech and sounds against a running gateway: in the native form, in a conversation, and from a shell."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

from running import Gateway

MARKED = re.compile(r"\[▶ audio 1\]\((http[^)]+\.mp3[^)]*)\)")


def length(content: bytes) -> float:
    """Seconds of a file that is nothing but sound."""
    with av.open(io.BytesIO(content)) as file:
        assert (0, 1) == (len(file.streams.video), len(file.streams.audio))
        return float(file.duration or 0) / av.time_base


def fetched(url: str) -> bytes:
    return httpx.get(url, timeout=30).raise_for_status().content


def test_what_the_sandbox_cannot_make_is_not_held_for(gateway: Gateway) -> None:
    long = gateway.submit({"model": "sandbox-music", "prompt": "jazz [sandbox:stall]", "seconds": 400})
    gateway.call("DELETE", f"/v1/tasks/{long['id']}")
    said = ["seconds 400 became 300, the nearest that sandbox-music has"]
    assert (said, "0.60") == (long["adapted"], long["cost"]["held"])
    odd = gateway.submit({"model": "sandbox-sound", "prompt": "rain", "seconds": 1, "format": "aiff"})
    assert ["format aiff was left out: sandbox-sound makes mp3, wav, m4a, flac, ogg"] == odd["adapted"]
    done = gateway.finished(odd["id"])
    assert ("succeeded", "audio/mpeg") == (done["status"], done["artifacts"][0]["media_type"])
    much = gateway.call("POST", "/v1/tasks", {"model": "sandbox-speech", "prompt": "x" * 3901})
    assert (422, "prompt") == (much.status, much.json["field"])
    assert "has 3901 characters; sandbox-speech takes 3900" in much.json["detail"]


@pytest.mark.parametrize(
    ("body", "media_type", "seconds", "charged"),
    [
        ({"model": "sandbox-music", "prompt": "lofi"}, "audio/mpeg", 30.0, "0.06"),
        ({"model": "sandbox-music", "prompt": "jazz", "seconds": 4}, "audio/mpeg", 4.0, "0.008"),
        ({"model": "sandbox-sound", "prompt": "rain", "format": "wav"}, "audio/wav", 5.0, "0.025"),
        (
            {"model": "sandbox-speech", "prompt": "good morning", "voice": "Maya", "format": "m4a"},
            "audio/mp4",
            0.86,
            "0.0024",
        ),
    ],
)
def test_a_sound_is_made_and_paid(
    gateway: Gateway, body: dict[str, Any], media_type: str, seconds: float, charged: str
) -> None:
    task = gateway.finished(gateway.submit(body)["id"])
    assert ("succeeded", charged, []) == (task["status"], task["cost"]["charged"], task["adapted"])
    (artifact,) = task["artifacts"]
    kind = body["model"].removeprefix("sandbox-")
    assert (kind, media_type, None) == (artifact["kind"], artifact["media_type"], artifact["width"])
    assert artifact["seconds"] == pytest.approx(seconds, rel=0.08)
    assert length(fetched(artifact["url"])) == pytest.approx(artifact["seconds"], abs=0.01)
    ending = {"audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/mp4": ".m4a"}[media_type]
    assert artifact["url"].partition("?")[0].endswith(ending)


def test_a_recording_is_given_another_voice(gateway: Gateway) -> None:
    said = gateway.finished(gateway.submit({"model": "sandbox-speech", "prompt": "one two three"})["id"])
    url = said["artifacts"][0]["url"]
    body = {
        "model": "sandbox-speech",
        "action": "edit",
        "voice": "Bernard",
        "inputs": [{"role": "audio", "url": url}],
    }
    task = gateway.finished(gateway.submit(body)["id"])
    assert "succeeded" == task["status"]
    assert task["artifacts"][0]["seconds"] == pytest.approx(said["artifacts"][0]["seconds"], abs=0.05)


def test_directives_are_heard(gateway: Gateway) -> None:
    body = {"model": "sandbox-music", "prompt": "[sandbox:fail=moderated] lofi"}
    task = gateway.finished(gateway.submit(body)["id"])
    assert ("failed", "moderated", "0.00") == (
        task["status"],
        task["failure"]["code"],
        task["cost"]["charged"],
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"model": "sandbox-music", "prompt": "x", "inputs": [{"role": "audio", "url": "data:,"}]}, "audio"),
        ({"model": "sandbox-music", "prompt": "x", "seconds": 601}, "seconds"),
    ],
)
def test_what_music_cannot_take_is_refused(gateway: Gateway, body: dict[str, Any], field: str) -> None:
    answer = gateway.call("POST", "/v1/tasks", body)
    assert (422, True) == (answer.status, field in answer.json["field"] or field in answer.json["detail"])


def test_a_song_in_a_conversation(gateway: Gateway) -> None:
    body = {
        "model": "sandbox-music",
        "messages": [{"role": "user", "content": "synthwave, 100 bpm"}],
        "seconds": 6,
    }
    answer = gateway.call("POST", "/v1/chat/completions", body)
    text = answer.json["choices"][0]["message"]["content"]
    found = MARKED.search(text)
    assert found is not None, text
    assert length(fetched(found[1])) == pytest.approx(6.0, abs=0.01)


def test_a_song_from_a_shell(gateway: Gateway, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "framegate", "try", "jazz", "--model", "sandbox-music", "--seconds", "3"]
    done = subprocess.run(
        [*command, "--url", gateway.url],
        env={**os.environ, "FRAMEGATE_KEY": gateway.key},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    (file,) = tmp_path.iterdir()
    assert ".mp3" == file.suffix
    assert length(file.read_bytes()) == pytest.approx(3.0, abs=0.01)
