"""Which kind of thing a model makes, told by its public name: for formats whose requests do not say."""

from __future__ import annotations

from framegate.core.task import Kind

PREFIXES: dict[Kind, tuple[str, ...]] = {
    Kind.VIDEO: ("vidu",),
    Kind.SPEECH: (
        "tts",
        "gpt-4o-mini-tts",
        "speech",
        "eleven_multilingual",
        "eleven_v",
        "seed_audio",
        "sandbox-speech",
    ),
    Kind.SOUND: ("sound", "eleven_text_to_sound", "mirelo", "sandbox-sound"),
    Kind.MUSIC: (
        "suno",
        "chirp",
        "music",
        "lyria",
        "riffusion",
        "stable-audio",
        "sandbox-music",
    ),
    Kind.IMAGE: (
        "flux",
        "dall-e",
        "midjourney",
        "mj",
        "niji",
        "photon",
        "seedream",
        "ideogram",
        "recraft",
        "stable-diffusion",
        "sd3",
        "cogview",
        "kolors",
        "kling-expand",
        "uni-1",
        "bria_fibo",
        "gemini_2.5_flash",
        "magnific_precision",
        "nano_banana",
    ),
}


def kind_of(model: str) -> Kind:
    """The kind by the name's beginning; a name with a word like "image" or "image3" makes images; all else videos."""
    name = model.lower()
    for kind, prefixes in PREFIXES.items():
        if name.startswith(prefixes):
            return kind
    words = name.replace("_", "-").split("-")
    pictures = any(word.startswith("image") for word in words) and "video" not in words
    return Kind.IMAGE if pictures else Kind.VIDEO
