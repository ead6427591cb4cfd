"""Music, speech and sounds, opened and listened to as far as a program can."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import av
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from framegate.local.studio.brief import BadMedia, Brief, Stopped
from framegate.local.studio.render import render
from framegate.local.studio.seeds import generator
from framegate.local.studio.sound.effects import MAKERS, SOUNDS, effect
from framegate.local.studio.sound.genres import GENRES, style_of
from framegate.local.studio.sound.revoice import isolated, shifted
from framegate.local.studio.sound.score import events, plan_of
from framegate.local.studio.sound.syllables import length_of, sounds_of
from framegate.local.studio.sound.tones import RATE
from framegate.local.studio.sound.voices import voice_of
from studio.probing import rendered

Stereo = NDArray[np.float32]


def brief(kind: str, prompt: str = "jazz", **more: Any) -> Brief:
    fields = {"seed": 5, "seconds": 2.0, "format": "wav", **more}
    return Brief(kind=kind, prompt=prompt, **fields)  # type: ignore[arg-type]


class Heard(NamedTuple):
    codec: str
    rate: int
    channels: int
    seconds: float


def listen(path: Path) -> tuple[Heard, Stereo, dict[str, str]]:
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        words = dict(file.metadata) | dict(stream.metadata)
        assert file.duration is not None
        heard = Heard(
            stream.codec_context.name, stream.rate, stream.layout.nb_channels, file.duration / av.time_base
        )
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        parts = [p.to_ndarray() for frame in file.decode(stream) for p in resampler.resample(frame)]
        return heard, np.concatenate(parts, axis=1), {k.lower(): v for k, v in words.items()}


def loudness(wave: Stereo) -> float:
    """Of its root mean square, in dB."""
    return float(10 * np.log10(np.mean(wave.astype(np.float64) ** 2) + 1e-12))


def middle(wave: Stereo) -> float:
    """The frequency in Hz below and above which there is as much sound."""
    power = np.abs(np.fft.rfft(wave.mean(0))) ** 2
    return float(np.searchsorted(np.cumsum(power), power.sum() / 2) * RATE / wave.shape[1])


@pytest.mark.parametrize(
    ("ending", "codec", "rate"),
    [
        ("mp3", "mp3float", 44_100),
        ("wav", "pcm_s16le", 44_100),
        ("m4a", "aac", 44_100),
        ("flac", "flac", 44_100),
        ("ogg", "opus", 48_000),
    ],
)
def test_a_piece_is_as_long_as_asked_in_every_format(tmp_path: Path, ending: str, codec: str, rate: int):
    heard, wave, words = listen(rendered(brief("music", "a slow waltz", format=ending), tmp_path))
    assert (codec, rate, 2) == heard[:3]
    assert heard.seconds == pytest.approx(2.0, abs=0.01)
    assert np.abs(wave).max() <= 0.95
    assert -26 < loudness(wave) < -12
    assert "a slow waltz" == words["title"]
    assert "synthetic media; seed=5; engine=framegate sandbox" == words["comment"]


@pytest.mark.parametrize("genre", sorted(GENRES))
def test_every_genre_can_be_played(tmp_path: Path, genre: str):
    heard, wave, _ = listen(rendered(brief("music", genre, seconds=3.5), tmp_path))
    assert 3.5 == heard.seconds
    halves = np.array_split(wave[:, : -RATE // 2], 2, axis=1)
    assert [] == [loudness(half) for half in halves if not -30 < loudness(half) < -10]
    assert np.abs(wave).max() <= 0.95
    assert not np.allclose(wave[0], wave[1]), "it is in stereo"


@pytest.mark.parametrize(
    ("prompt", "name", "tempo", "lead", "vowels"),
    [
        ("lofi chill beat", "lofi", 78.0, "pluck", ()),
        ("dark techno, 140 bpm", "techno", 140.0, "square", ()),
        ("slow epic trailer music", "cinematic", 84 * 0.92, "strings", ()),
        ("一首民谣", "folk", 100.0, "pluck", ()),
        ("pop with violin", "pop", 112.0, "strings", ()),
        ("pop\n[Verse]\nwe are here", "pop", 112.0, "voice", ("e", "a", "e")),
    ],
)
def test_words_become_a_style(prompt: str, name: str, tempo: float, lead: str, vowels: tuple[str, ...]):
    style = style_of(prompt, generator("t"))
    assert (name, tempo, lead, vowels) == (style.name, style.genre.tempo, style.genre.lead, style.vowels)


def test_a_longer_piece_has_sections_of_their_own_strength():
    style = style_of("synthwave", generator("t"))
    plan = plan_of(style, 60.0)
    assert ["chorus", "intro", "outro", "verse"] == sorted(set(plan.sections))
    assert "outro" == plan.sections[-1]
    assert 60 <= len(plan.sections) * plan.bar + 0.5
    counted = dict.fromkeys(plan.sections, 0)
    for event in events(style, plan, generator("t")):
        counted[plan.sections[min(len(plan.sections) - 1, int(event.start / plan.bar + 1e-6))]] += 1
    bars = {name: plan.sections.count(name) for name in counted}
    assert counted["intro"] / bars["intro"] < counted["verse"] / bars["verse"]


@pytest.mark.parametrize("kind", ["music", "speech", "sound"])
def test_the_same_brief_gives_the_same_bytes_and_another_seed_others(tmp_path: Path, kind: str):
    one, two = (rendered(brief(kind, "strange things", format="mp3"), tmp_path) for _ in range(2))
    other = rendered(brief(kind, "strange things", format="mp3", seed=6), tmp_path)
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes() != other.read_bytes()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("x" * 140, 10.0), ("Hi", 0.5), ("你好世界" * 7, 6.0), ("Hello there. " * 14, 12.93)],
)
def test_a_text_takes_its_time(text: str, seconds: float):
    assert seconds == pytest.approx(length_of(text), abs=0.01)


def test_speech_is_as_long_as_its_text_and_rests_between_sentences(tmp_path: Path):
    text = "We came at noon. Nobody was there, nobody at all."
    heard, wave, _ = listen(rendered(brief("speech", text, seconds=None, voice="Maya"), tmp_path))
    assert heard.seconds == pytest.approx(length_of(text) / voice_of("Maya", 5).pace, abs=0.01)
    levels = [loudness(part) for part in np.array_split(wave, 80, axis=1)]
    assert max(levels) > -22
    assert min(levels[15:60]) < max(levels) - 20, "there is no rest between the sentences"
    assert -30 < loudness(wave) < -12


def test_syllables_follow_the_text():
    kinds = [sound.kind for sound in sounds_of("Sit, Tom?")]
    assert ["hiss", "vowel", "stop", "rest", "rest", "stop", "vowel", "hum"] == kinds
    assert 1.0 == max(sound.rise for sound in sounds_of("Sit, Tom?"))
    assert 4 == sum(sound.kind == "vowel" for sound in sounds_of("你好世界"))
    assert 2 == sum(sound.kind == "vowel" for sound in sounds_of("6 6"))
    assert 3 <= sum(
        sound.kind == "vowel" for sound in sounds_of("\u0442\u0430\u043a \u0438 \u043d\u0435\u0442")
    )
    assert ["vowel"] == [sound.kind for sound in sounds_of("…!")]


def test_voices_differ_and_stay_the_same():
    assert voice_of("Maya", 1) == voice_of("maya ", 2)
    assert voice_of("", 1) != voice_of("", 2)
    pitches = [voice_of(name, 0).pitch for name in ("Maya", "Bernard", "Clint", "Mabel", "Elias", "Serene")]
    assert 6 == len(set(pitches))
    assert min(pitches) < 140
    assert max(pitches) > 160


def test_low_and_high_voices_are_heard_as_such(tmp_path: Path):
    names = sorted(("Maya", "Bernard", "Clint", "Mabel", "Elias"), key=lambda name: voice_of(name, 0).pitch)
    low, high = (
        listen(rendered(brief("speech", "oh no, oh no", seconds=None, voice=v), tmp_path))[1]
        for v in (names[0], names[-1])
    )
    assert lowest(low) == pytest.approx(voice_of(names[0], 0).pitch, rel=0.25)
    assert lowest(high) == pytest.approx(voice_of(names[-1], 0).pitch, rel=0.25)


def lowest(wave: Stereo) -> float:
    """The pitch in Hz: the best of all delays after which the wave looks like itself."""
    mono = wave.mean(0)
    spectrum = np.abs(np.fft.rfft(mono, 2 * len(mono))) ** 2
    alike = np.fft.irfft(spectrum)
    delays = np.arange(RATE // 320, RATE // 70)
    return RATE / float(delays[np.argmax(alike[delays])])


@pytest.mark.parametrize("name", sorted(SOUNDS))
def test_every_sound_can_be_made_and_is_its_own(name: str):
    word = SOUNDS[name].split()[0].partition(":")[0]
    wave = effect(f"the {word} outside", 3, 1.5)
    assert (2, round(1.5 * RATE)) == wave.shape
    assert np.abs(wave).max() <= 0.95
    assert -26 < loudness(wave) < -12
    other = effect("thunder" if name == "beep" else "beep", 3, 1.5)
    assert abs(np.corrcoef(wave[0], other[0])[0, 1]) < 0.3


def test_a_sound_without_a_known_word_is_chosen_by_its_hash():
    assert set(SOUNDS) == set(MAKERS)
    assert np.array_equal(effect("xyzzy", 1, 0.5), effect("xyzzy", 1, 0.5))
    assert middle(effect("rain", 1, 1.0)) > 2000
    assert middle(effect("thunder", 1, 1.0)) < 500


def test_a_loop_ends_where_it_begins():
    plain, loop = effect("wind", 1, 2.0), effect("wind", 1, 2.0, loop=True)
    assert plain.shape == loop.shape
    assert loudness(plain[:, -400:]) < loudness(loop[:, -400:]) - 15, "the end is not faded"
    step = np.abs(np.diff(loop, axis=1)).max()
    assert np.abs(loop[:, 0] - loop[:, -1]).max() <= step * 1.5


def recording(folder: Path, seconds: float = 1.5) -> tuple[Path, Stereo]:
    path = rendered(brief("speech", "one two three four five", seconds=seconds, voice="Clint"), folder)
    return path, listen(path)[1]


@pytest.mark.parametrize("more", [{"voice": "Maya"}, {"language": "fr"}, {}])
def test_what_is_done_to_a_recording_keeps_its_length(tmp_path: Path, more: dict[str, str]):
    given, before = recording(tmp_path)
    heard, wave, _ = listen(rendered(brief("speech", "", audio=str(given), seconds=None, **more), tmp_path))
    assert heard.seconds == pytest.approx(1.5, abs=0.001)
    assert before.shape == wave.shape
    assert -30 < loudness(wave) < -12
    starts = [np.argmax(np.abs(w).max(0) > 0.05) / RATE for w in (before, wave)]
    assert starts[0] == pytest.approx(starts[1], abs=0.04), "the rhythm is another"


@pytest.mark.parametrize("ratio", [0.75, 1.4])
def test_another_voice_has_another_pitch(ratio: float):
    t = np.arange(RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    moved = shifted(tone, ratio)
    assert len(tone) == len(moved)
    assert middle(np.stack([moved, moved])) == pytest.approx(220 * ratio, rel=0.02)


def test_the_noise_of_the_room_is_taken_out(tmp_path: Path):
    _, voice = recording(tmp_path, 3.0)
    noise = np.random.default_rng(1).standard_normal(voice.shape).astype(np.float32) * 0.02
    quiet = np.concatenate([np.zeros((2, RATE), np.float32), voice], axis=1)
    noisy = quiet + np.concatenate([noise[:, :RATE], noise], axis=1)
    clean = isolated(noisy)
    contrast = [loudness(w[:, RATE:]) - loudness(w[:, : RATE // 2]) for w in (noisy, clean)]
    assert contrast[1] > contrast[0] + 10


def test_a_sound_for_a_film_is_as_long_as_the_film(tmp_path: Path):
    film = rendered(
        Brief(kind="video", prompt="sea", seed=1, width=64, height=64, seconds=1.5, fps=10), tmp_path
    )
    heard, _, _ = listen(rendered(brief("sound", "waves", video=str(film), seconds=None), tmp_path))
    assert heard.seconds == pytest.approx(1.5, abs=0.001)


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x24\0\0\0WAVEfmt "])
def test_a_recording_that_cannot_be_read_is_bad_media(tmp_path: Path, content: bytes):
    bad = tmp_path / "bad.wav"
    bad.write_bytes(content)
    with pytest.raises(BadMedia):
        render(brief("speech", "", audio=str(bad), voice="Maya"), tmp_path / "out.wav", lambda share: True)
    assert ["bad.wav"] == [path.name for path in tmp_path.iterdir()]


def test_numbers_that_are_none_do_no_harm(tmp_path: Path):
    wild = tmp_path / "wild.wav"
    with av.open(str(wild), "w") as file:
        stream: Any = file.add_stream("pcm_f32le", rate=RATE)
        stream.layout = "mono"
        wave = np.sin(np.arange(RATE, dtype=np.float32) * 0.05)[None]
        wave[0, 100:200], wave[0, 300:400] = np.nan, np.inf
        frame = av.AudioFrame.from_ndarray(wave, format="flt", layout="mono")
        frame.sample_rate = RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode())
    for more in ({"voice": "Maya"}, {}):
        out = rendered(brief("speech", "", audio=str(wild), seconds=None, format="mp3", **more), tmp_path)
        assert np.isfinite(listen(out)[1]).all()


@pytest.mark.parametrize("kind", ["music", "speech"])
def test_told_to_stop_it_leaves_nothing(tmp_path: Path, kind: str):
    told: list[float] = []

    def progress(share: float) -> bool:
        told.append(share)
        return len(told) < 3

    with pytest.raises(Stopped):
        render(brief(kind, "a long story", seconds=20.0), tmp_path / "out.wav", progress)
    assert [] == list(tmp_path.iterdir())
    assert sorted(told) == told


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seconds": 0.0}, "seconds must be more than 0 and at most 300, not 0.0"),
        ({"seconds": 301.0}, "seconds must be more than 0 and at most 300, not 301.0"),
        ({"format": "mp4"}, "sound is written as mp3, wav, m4a, flac, ogg, not as 'mp4'"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, wrong: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said):
        render(brief("music", **wrong), tmp_path / "out", lambda share: True)


def test_tiny_keeps_the_length(tmp_path: Path):
    asked = brief("music", "rock", seconds=9.0, profile="tiny")
    heard, wave, _ = listen(rendered(asked, tmp_path))
    assert 9.0 == pytest.approx(heard.seconds, abs=0.001)
    assert np.allclose(wave[:, RATE : 2 * RATE], wave[:, 3 * RATE : 4 * RATE], atol=0.1), "it does not repeat"
    full = listen(rendered(msgspec.structs.replace(asked, profile="full"), tmp_path))[1]
    assert not np.allclose(full[:, RATE : 2 * RATE], full[:, 3 * RATE : 4 * RATE], atol=0.1)
