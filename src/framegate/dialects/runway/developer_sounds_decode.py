"""Sound and speech of Runway's developer API in our words.

| their word | ours |
|---|---|
| promptText, negativePrompt, seed, loop | prompt, negative_prompt, seed, loop |
| duration, numVariants | seconds, count |
| format, outputFormat | format; `ogg_opus` is ogg |
| voice.presetId; voice.audioUri | voice; audio |
| languageCode, targetLang | language |
| media, audioUri, referenceAudios, videoUri | audio or video |
| all else | extras |

A recording that is given another voice, dubbed or isolated is edited. Source: PyPI `runwayml` 5.24.0, types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from framegate.core.checks import SECONDS, check_model, check_note, check_prompt, check_seconds, check_seed
from framegate.core.dialect import Call, invalid
from framegate.core.task import Action, Input, Kind, Role, Spec
from framegate.dialects.runway.developer_requests import TABLES, medium
from framegate.dialects.runway.developer_rows import row_of
from framegate.dialects.runway.developer_shapes import Asked
from framegate.dialects.runway.developer_sound_shapes import (
    SoundEffect,
    SpeechToSpeech,
    TextToSpeech,
    VideoToAudio,
    Voice,
    VoiceDubbing,
    VoiceIsolation,
)
from framegate.dialects.runway.developer_sounds import PRESETS

EXTRAS = (
    *("loudnessRate", "pitchRate", "speechRate", "sampleRate", "preserveSpeech", "nextText", "previousText"),
    *("similarityBoost", "speed", "stability", "style", "useSpeakerBoost", "applyTextNormalization"),
    *("removeBackgroundNoise", "disableVoiceCloning", "dropBackgroundAudio", "numSpeakers"),
)
"""Fields that only a Runway upstream gets."""
SAMPLED = frozenset({"seed_audio"})
"""Models whose voice is a recording's."""
LENGTHS = {"eleven_text_to_sound_v2": (0.5, 30)}
"""Seconds of a sound, at least and at most, where the SDK names them."""
WORD = 40


def decode_sound_effect(call: Call) -> Spec:
    """The spec of a sound. Raises `Trouble` in the client's words, as all of these do."""
    body: SoundEffect = call.body
    said(body.prompt_text, "promptText")
    given = enumerate(body.reference_audios or [])
    found = [medium(Role.AUDIO, link, f"referenceAudios[{place}]") for place, link in given]
    if body.format and body.output_format:
        raise invalid("format", "format and outputFormat say the same: give the one that the model has")
    return spec_of(
        call,
        "sound_effect",
        Kind.SOUND,
        found,
        seconds=length(body.duration, body.model),
        loop=body.loop,
        **variants(body),
        format=ending(body.format, "format") or ending(body.output_format, "outputFormat"),
    )


def decode_video_to_audio(call: Call) -> Spec:
    body: VideoToAudio = call.body
    return spec_of(
        call,
        "video_to_audio",
        Kind.SOUND,
        [medium(Role.VIDEO, given(body.video_uri, "videoUri"), "videoUri")],
        seconds=check_seconds(body.duration, "duration"),
        **variants(body),
        format=ending(body.format, "format"),
    )


def length(seconds: float | None, model: str | None) -> float | None:
    """A sound's seconds, within what its model makes."""
    least, most = LENGTHS.get(model or "", (0, SECONDS))
    if least and seconds is not None and not least <= seconds <= most:
        raise invalid("duration", f"duration must be from {least} to {most} for {model}")
    return check_seconds(seconds, "duration")


def variants(body: SoundEffect | VideoToAudio) -> dict[str, Any]:
    """What sounds from words and sounds for a film have in common."""
    return {
        "prompt": check_prompt(body.prompt_text or "", "promptText"),
        "negative_prompt": check_prompt(body.negative_prompt or "", "negativePrompt"),
        "seed": check_seed(body.seed, "seed"),
        "count": body.num_variants or 1,
    }


def decode_text_to_speech(call: Call) -> Spec:
    body: TextToSpeech = call.body
    said(body.prompt_text, "promptText")
    name, sample = voice_of(body.voice, body.model, sampled=True)
    return spec_of(
        call,
        "text_to_speech",
        Kind.SPEECH,
        sample,
        prompt=check_prompt(body.prompt_text or "", "promptText"),
        voice=name,
        language=word(body.language_code, "languageCode"),
        seed=check_seed(body.seed, "seed"),
        format=ending(body.output_format, "outputFormat"),
    )


def decode_speech_to_speech(call: Call) -> Spec:
    body: SpeechToSpeech = call.body
    if body.media is None:
        raise invalid("media", "media is required: the recording that another voice is to say")
    if body.media.type not in {"audio", "video"}:
        raise invalid("media.type", "media.type must be audio or video")
    if body.voice is None:
        raise invalid("voice", "voice is required: who is to say it")
    name, _ = voice_of(body.voice, body.model, sampled=False)
    found = [medium(Role(body.media.type), body.media.uri, "media.uri")]
    return spec_of(call, "speech_to_speech", Kind.SPEECH, found, action=Action.EDIT, voice=name)


def decode_voice_dubbing(call: Call) -> Spec:
    body: VoiceDubbing = call.body
    language = word(given(body.target_lang, "targetLang"), "targetLang")
    found = [medium(Role.AUDIO, given(body.audio_uri, "audioUri"), "audioUri")]
    return spec_of(call, "voice_dubbing", Kind.SPEECH, found, action=Action.EDIT, language=language)


def decode_voice_isolation(call: Call) -> Spec:
    body: VoiceIsolation = call.body
    found = [medium(Role.AUDIO, given(body.audio_uri, "audioUri"), "audioUri")]
    return spec_of(call, "voice_isolation", Kind.SPEECH, found, action=Action.EDIT)


def spec_of(
    call: Call,
    path: str,
    kind: Kind,
    inputs: Iterable[Input],
    **fields: Any,  # noqa: ANN401 - of Spec
) -> Spec:
    """A spec with what all of these share, after the model's row was checked."""
    body: Asked = call.body
    raw = cast("Mapping[str, Any]", call.raw)
    model = check_model(body.model, "model")
    row_of(raw, model, TABLES[path], f"/v1/{path}", TABLES.values(), body.__struct_encode_fields__)
    own = {name: raw[name] for name in EXTRAS if raw.get(name) is not None}
    check_note(own, next(iter(own), "the body"))
    return Spec(kind=kind, model=model, inputs=tuple(inputs), vendor="runway", extra=own, **fields)


def voice_of(voice: Voice | None, model: str, *, sampled: bool) -> tuple[str | None, list[Input]]:
    """A preset's name, or the recording whose voice it is."""
    if voice is None:
        return None, []
    known = any(model in table for table in TABLES.values())
    types = ["runway-preset", "reference-audio"]
    if known or not sampled:
        types = types[1:] if model in SAMPLED else types[:1]
    if voice.type not in types:
        raise invalid("voice.type", f"voice.type must be {' or '.join(types)} for {model[:100]}")
    if voice.type == "reference-audio":
        if voice.preset_id is not None:
            raise invalid("voice.presetId", "voice.presetId is no field of a reference-audio")
        uri = given(voice.audio_uri, "voice.audioUri")
        return None, [medium(Role.AUDIO, uri, "voice.audioUri")]
    if voice.audio_uri is not None:
        raise invalid("voice.audioUri", "voice.audioUri is no field of a runway-preset")
    name = given(voice.preset_id, "voice.presetId")
    if known and name not in PRESETS:
        raise invalid("voice.presetId", f"voice.presetId must be one of {', '.join(PRESETS)}")
    return word(name, "voice.presetId"), []


def given(value: str | None, field: str) -> str:
    if value is None:
        raise invalid(field, f"{field} is required")
    return value


def said(text: str | None, field: str) -> None:
    if not (text or "").strip():
        raise invalid(field, f"{field} is required: say what is to be heard")


def word(text: str | None, field: str) -> str | None:
    if text is not None and not (0 < len(text) <= WORD and text.isprintable()):
        raise invalid(field, f"{field} must have 1 to {WORD} printable characters")
    return text


def ending(text: str | None, field: str) -> str | None:
    if text is not None and not (
        0 < len(text) <= WORD and text.isascii() and text.replace("_", "").isalnum()
    ):
        raise invalid(field, f"{field} must be a format such as mp3")
    return "ogg" if text == "ogg_opus" else text
