"""Which fields and values each model of sound and speech takes, at each of the six paths.

Source: PyPI `runwayml` 5.24.0, `types/*_create_params.py`. How a line is read: `developer_rows.py`.
"""

from __future__ import annotations

from framegate.dialects.runway.developer_rows import table, words

PRESETS = words(
    "Maya Arjun Serene Bernard Billy Mark Clint Mabel Chad Leslie Eleanor Elias Elliot Grungle Brodie Sandra Kirk",
    "Kylie Lara Lisa Malachi Marlene Martin Miriam Monster Paula Pip Rusty Ragnar Xylar Maggie Jack Katie Noah James",
    "Rina Ella Mariah Frank Claudia Niki Vincent Kendrick Myrna Tom Wanda Benjamin Kiana Rachel",
)
"""The voices that have a name."""
SETS = {
    "FILES": words("wav mp3 ogg_opus"),
    "TRACKS": words("mp3 wav flac"),
    "RATES": words("8000 16000 24000 32000 44100 48000"),
    "LANGUAGES": words(
        "en hi pt zh es fr de ja ar ru ko id it nl tr pl sv fil ms ro uk el cs da fi bg hr sk ta"
    ),
}
SOUND_EFFECT = table(
    """
seed_audio: promptText! loudnessRate outputFormat=FILES pitchRate referenceAudios sampleRate=RATES speechRate
mirelo_sfx_2_0: duration! promptText! format=TRACKS negativePrompt numVariants seed
eleven_text_to_sound_v2: promptText! duration loop
""",
    SETS,
)
VIDEO_TO_AUDIO = table(
    """
mirelo_sfx_2_0: duration! videoUri! format=TRACKS negativePrompt numVariants preserveSpeech promptText seed
""",
    SETS,
)
TEXT_TO_SPEECH = table(
    """
seed_audio: promptText! loudnessRate outputFormat=FILES pitchRate sampleRate=RATES speechRate voice
eleven_v4: promptText! voice! languageCode nextText previousText seed similarityBoost speed stability style
    useSpeakerBoost
eleven_multilingual_v2: promptText! voice!
eleven_v3: promptText! voice! applyTextNormalization=auto/on/off languageCode seed similarityBoost speed stability
    style useSpeakerBoost
""",
    SETS,
)
SPEECH_TO_SPEECH = table("eleven_multilingual_sts_v2: media! voice! removeBackgroundNoise", SETS)
VOICE_DUBBING = table(
    "eleven_voice_dubbing: audioUri! targetLang!=LANGUAGES disableVoiceCloning dropBackgroundAudio numSpeakers",
    SETS,
)
VOICE_ISOLATION = table("eleven_voice_isolation: audioUri!", SETS)
