"""Sounds and speech in Runway's words: what its audio models can do, which endpoint, which fields, what is bought.

| path | models |
|---|---|
| POST /v1/sound_effect | seed_audio, mirelo_sfx_2_0, eleven_text_to_sound_v2 |
| POST /v1/video_to_audio | mirelo_sfx_2_0 |
| POST /v1/text_to_speech | seed_audio, eleven_v4, eleven_v3, eleven_multilingual_v2 |
| POST /v1/speech_to_speech, voice_dubbing, voice_isolation | one model each |

Source: PyPI `runwayml` 5.24.0 `types/*_create_params.py`. Its finished tasks cost whole credits
(`types/task_retrieve_response.py`), so characters are counted in the steps of one; lengths of texts are in UTF-16. What
is as long as a recording is held for at the longest, and the credits of the result say how many seconds it was.
"""

from __future__ import annotations

from framegate.core.money import UNIT, Facts
from framegate.core.provider import Offer, millionths
from framegate.core.task import Action, Handle, Kind, Order, Role
from framegate.core.wire import Json, Request, post, present
from framegate.providers.runway.rows import AUDIO, VIDEO, between, offer
from framegate.providers.runway.told import HEADERS, OURS, uri

HEARD = frozenset({Kind.SPEECH, Kind.SOUND})
PATHS = {
    "eleven_multilingual_sts_v2": "/v1/speech_to_speech",
    "eleven_voice_dubbing": "/v1/voice_dubbing",
    "eleven_voice_isolation": "/v1/voice_isolation",
}
SEED = "loudnessRate pitchRate sampleRate speechRate"
ELEVEN = "nextText previousText similarityBoost speed stability style useSpeakerBoost"
VOICE, LANGUAGE = "Maya", "en"
"""What is said where a model wants one and the client named none."""
SAID = OURS | {"outputFormat"}
"""Fields that only the canonical spec may set. A video's `outputFormat` is Runway's own word, a sound's is `format`."""
RATES = {"eleven_multilingual_sts_v2": 3, "eleven_voice_dubbing": 2, "eleven_voice_isolation": 6}
"""Seconds of a recording that one credit buys: `runwayml/skills` of 2026-04."""
SECONDS, RECORDING, LONGEST = 5.0, 30.0, 3600.0
"""What a sound is asked for where a length is needed; what a recording is reckoned at, whose length nobody tells us;
what is held for where the credits say how long it was (`resources/voice_isolation.py`: less than 3600 seconds).
"""
STEPS = {"eleven_multilingual_v2": 50}
"""Characters that one credit buys."""
SHAPELESS, TIMELESS = ("aspect", "resolution"), ("aspect", "resolution", "seconds")


def edits(model: str, expresses: str, extras: str, *sources: Role) -> list[Offer]:
    """A recording made anew; no word of the client's is heard."""
    return [
        offer(model, Kind.SPEECH, expresses, extras, needs=(s,), roles=(s,), prompt_limit=0, lacks=TIMELESS)
        for s in sources
    ]


OFFERS: tuple[Offer, ...] = (
    offer("seed_audio", Kind.SOUND, "format", SEED, roles=(AUDIO,), lacks=TIMELESS),
    offer("seed_audio", Kind.SPEECH, "format", SEED, roles=(AUDIO,), lacks=TIMELESS),
    offer("mirelo_sfx_2_0", Kind.SOUND, "negative_prompt seed format", count=10, lacks=SHAPELESS),
    offer(
        "mirelo_sfx_2_0",
        Kind.SOUND,
        "negative_prompt seed format",
        "preserveSpeech",
        count=10,
        needs=(VIDEO,),
        roles=(VIDEO,),
        lacks=SHAPELESS,
    ),
    offer("eleven_text_to_sound_v2", Kind.SOUND, "loop", lacks=SHAPELESS, **between(0.5, 30)),
    offer("eleven_v4", Kind.SPEECH, "voice language seed", ELEVEN, lacks=TIMELESS),
    offer(
        "eleven_v3",
        Kind.SPEECH,
        "voice language seed",
        f"applyTextNormalization {ELEVEN.removeprefix('nextText previousText ')}",
        lacks=TIMELESS,
    ),
    offer("eleven_multilingual_v2", Kind.SPEECH, "voice", prompt_limit=1000, lacks=TIMELESS),
    *edits("eleven_multilingual_sts_v2", "voice", "removeBackgroundNoise", AUDIO, VIDEO),
    *edits(
        "eleven_voice_dubbing",
        "language",
        "disableVoiceCloning dropBackgroundAudio numSpeakers",
        AUDIO,
    ),
    *edits("eleven_voice_isolation", "", "", AUDIO),
    offer("*", Kind.SOUND, "negative_prompt seed loop format", "*", roles=(AUDIO, VIDEO), lacks=SHAPELESS),
    offer("*", Kind.SPEECH, "voice language seed format", "*", roles=(AUDIO, VIDEO), lacks=TIMELESS),
)


def path_of(order: Order) -> str:
    """The endpoint for what is asked: of a model that is not known, by what is there."""
    spec = order.spec
    roles = {item.role for item in (*spec.inputs, *order.media)}
    if spec.kind is Kind.SOUND:
        return "/v1/video_to_audio" if Role.VIDEO in roles else "/v1/sound_effect"
    if order.model in PATHS:
        return PATHS[order.model]
    if Role.VIDEO in roles or (roles and (spec.action is not Action.GENERATE or not spec.prompt)):
        word = "voice_dubbing" if spec.language else "speech_to_speech" if spec.voice else "voice_isolation"
        return "/v1/speech_to_speech" if Role.VIDEO in roles else f"/v1/{word}"
    return "/v1/text_to_speech"


def encode_sound(order: Order) -> Request:
    spec, path, model = order.spec, path_of(order), order.model
    says = path in {"/v1/sound_effect", "/v1/video_to_audio", "/v1/text_to_speech"}
    format_ = "ogg_opus" if spec.format == "ogg" and model == "seed_audio" else spec.format
    body: dict[str, Json] = {
        **{name: value for name, value in spec.extra.items() if name not in SAID},
        **present(
            {
                "model": model,
                "promptText": spec.prompt or None if says else None,
                "duration": duration_of(order),
                "loop": spec.loop,
                "seed": spec.seed,
                "negativePrompt": spec.negative_prompt or None,
                "numVariants": spec.count if spec.count > 1 else None,
                "outputFormat" if model == "seed_audio" else "format": format_,
                "voice": voice_of(order, path),
                "targetLang" if path == "/v1/voice_dubbing" else "languageCode": spec.language
                or (LANGUAGE if path == "/v1/voice_dubbing" else None),
                **media_of(order, path),
            }
        ),
    }
    return post(path, body, HEADERS)


def duration_of(order: Order) -> float | None:
    """Of a sound, as a whole number where it is one. One model cannot do without."""
    spec = order.spec
    if spec.kind is not Kind.SOUND or order.model == "seed_audio":
        return None
    seconds = spec.seconds or (SECONDS if order.model == "mirelo_sfx_2_0" else None)
    return int(seconds) if seconds and seconds.is_integer() else seconds


def voice_of(order: Order, path: str) -> Json:
    """A preset by its name; or the voice of a recording."""
    sample = order.first(Role.AUDIO)
    if path == "/v1/text_to_speech" and sample is not None:
        return {"type": "reference-audio", "audioUri": uri(sample)}
    wants = path in {"/v1/text_to_speech", "/v1/speech_to_speech"} and order.model != "seed_audio"
    return {"type": "runway-preset", "presetId": order.spec.voice or VOICE} if wants else None


def media_of(order: Order, path: str) -> dict[str, Json]:
    """The recordings and films, each in its place."""
    sound, film = order.first(Role.AUDIO), order.first(Role.VIDEO)
    match path:
        case "/v1/sound_effect":
            return {"referenceAudios": [uri(item) for item in order.all(Role.AUDIO)] or None}
        case "/v1/video_to_audio":
            return {"videoUri": uri(film) if film else None}
        case "/v1/speech_to_speech":
            given = film or sound
            kind = "video" if film else "audio"
            return {"media": {"type": kind, "uri": uri(given)} if given else None}
        case "/v1/voice_dubbing" | "/v1/voice_isolation":
            return {"audioUri": uri(sound) if sound else None}
        case _:
            return {}


def facts_of_sound(order: Order) -> Facts:
    """Characters that are said, or seconds; and calls. Seconds are the client's only where Runway is told them."""
    spec, path = order.spec, path_of(order)
    calls = {"call": spec.count * UNIT}
    if path == "/v1/text_to_speech":
        return Facts({"character": characters(order) * spec.count * UNIT, **calls})
    seconds = duration_of(order) or SECONDS
    if spec.kind is Kind.SPEECH:  # a length that is said comes from who knows the recording: the sandbox
        seconds = max(RECORDING, spec.seconds or (LONGEST if order.model in RATES else RECORDING))
    return Facts({"second": millionths(seconds * spec.count), **calls})


def lasted(handle: Handle, credits_: int) -> dict[str, int]:
    """The seconds that so many millionths of a credit bought, where a credit buys seconds or a second takes credits."""
    rate, per = handle.get("rate", ""), handle.get("per", "")
    if rate.isdecimal():
        return {"second": credits_ * int(rate)}
    return {"second": credits_ // int(per)} if per.isdecimal() and int(per) else {}


def characters(order: Order) -> int:
    """What is said, as Runway counts it: in UTF-16, and in whole credits where we know how many one buys."""
    step = STEPS.get(order.model, 1)
    return max(1, -(-(len(order.spec.prompt.encode("utf-16-le", "surrogatepass")) // 2) // step)) * step
