"""Sound and speech by a gateway whose Runway is another gateway: SDK, dialect, provider, dialect, sandbox, and back."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import av
import pytest
from runwayml import RunwayML, TaskFailedError
from runwayml.types.task_retrieve_response import Succeeded

from running import Gateway

pytestmark = pytest.mark.slow
MODELS = (
    *("eleven_multilingual_v2", "eleven_text_to_sound_v2", "eleven_multilingual_sts_v2"),
    *("eleven_voice_dubbing", "eleven_voice_isolation", "mirelo_sfx_2_0", "gen4.5"),
)
PRICE = '[[prices]]\nmodel = "mirelo_sfx_2_0"\nunit = "second"\nusd = "0.01"\n'
MAYA: Any = {"type": "runway-preset", "presetId": "Maya"}


@pytest.fixture(scope="module")
def near(in_front: Callable[..., Gateway]) -> Gateway:
    """The near gateway; the far one serves it. What has no list price is priced here."""
    return in_front("runway", MODELS, "/runwayml", PRICE)


@pytest.fixture
def client(near: Gateway) -> Iterator[RunwayML]:
    with RunwayML(base_url=f"{near.url}/runwayml", api_key=near.key, max_retries=0) as found:
        yield found


def ended(made: Any) -> Any:
    """The task once it has ended, or what it failed of."""
    try:
        return made.wait_for_task_output(timeout=90)
    except TaskFailedError as error:
        return error.task_details


def heard(near: Gateway, link: str) -> tuple[str, float]:
    """Codec and seconds of a sound that the near gateway keeps."""
    assert link.startswith(near.url)
    with av.open(io.BytesIO(near.call("GET", link, key="").body)) as file:
        return file.streams.audio[0].codec_context.name, (file.duration or 0) / av.time_base


def test_sound_and_speech_by_another_gateway(near: Gateway, gateway: Gateway, client: RunwayML) -> None:
    speak: Any = {"model": "eleven_multilingual_v2", "voice": MAYA}
    first = {
        "said": client.text_to_speech.create(**speak, prompt_text="Good morning, here is the news."),
        "film": client.text_to_video.create(model="gen4.5", prompt_text="sea", ratio="1280:720", duration=2),
        "rain": client.sound_effect.create(
            model="eleven_text_to_sound_v2", prompt_text="rain", duration=2.5, loop=True
        ),
        "variants": client.sound_effect.create(
            model="mirelo_sfx_2_0", prompt_text="fire", duration=1.5, num_variants=2, format="wav", seed=3
        ),
        "moderated": client.text_to_speech.create(**speak, prompt_text="Hello [sandbox:moderate=output]"),
        "failed": client.sound_effect.create(
            model="eleven_text_to_sound_v2", prompt_text="sea [sandbox:fail]"
        ),
    }
    with ThreadPoolExecutor(len(first)) as pool:
        done = dict(zip(first, pool.map(ended, first.values()), strict=True))
        said, film = done["said"].output[0], done["film"].output[0]
        second = {
            "video": client.video_to_audio.create(model="mirelo_sfx_2_0", video_uri=film, duration=2),
            "voice": client.speech_to_speech.create(
                model="eleven_multilingual_sts_v2",
                media={"type": "audio", "uri": said},
                voice={"type": "runway-preset", "presetId": "Bernard"},
                remove_background_noise=True,
            ),
            "dubbed": client.voice_dubbing.create(
                model="eleven_voice_dubbing", audio_uri=said, target_lang="fr", num_speakers=1
            ),
            "isolated": client.voice_isolation.create(model="eleven_voice_isolation", audio_uri=said),
        }
        # the longest recording is held for; what Runway's credits say it was is charged
        estimate: Any = (second["isolated"].model_extra or {})["estimatedCost"]
        assert estimate["credits"] == pytest.approx(600, abs=0.001)
        done |= dict(zip(second, pool.map(ended, second.values()), strict=True))

    spoken = heard(near, said)[1]
    assert spoken > 1
    lengths = {
        "said": spoken,
        "rain": 2.5,
        "video": 2.0,
        "voice": spoken,
        "dubbed": spoken,
        "isolated": spoken,
    }
    for name, seconds in lengths.items():
        assert isinstance(done[name], Succeeded), (name, done[name], near.tail())
        (link,) = done[name].output
        assert ("mp3float", pytest.approx(seconds, abs=0.06)) == heard(near, link), name
    assert [("pcm_s16le", 1.5)] * 2 == [heard(near, link) for link in done["variants"].output]
    for name, start in (("moderated", "SAFETY."), ("failed", "INTERNAL")):
        assert ("FAILED", True) == (done[name].status, done[name].failure_code.startswith(start)), name
    lasts = math.ceil(spoken - 0.1)
    bought = {"voice": 3, "dubbed": 2, "isolated": 6}  # seconds for a credit
    recorded = {name: math.ceil(lasts / seconds) for name, seconds in bought.items()}
    prices = {"said": 1, "rain": 2, "variants": 3, "video": 2, **recorded}
    assert prices == {name: done[name].cost.credits for name in prices}
    there = {task["model"] for task in gateway.call("GET", "/v1/tasks?limit=100").json["data"]}
    assert set() == set(MODELS) - there
    assert "balanced" in near.books()
