"""What all of Runway's endpoints share: the version, the words that are ours to say, and how a medium is told."""

from __future__ import annotations

from framegate.core.task import Media
from framegate.core.wire import Embed, Json

HEADERS = {"x-runway-version": "2024-11-06"}
WORDS = (
    "model promptText promptImage promptVideo videoUri imageUri maskUri references referenceImages referenceAudio "
    "character reference duration ratio resolution targetAspectRatio targetFramerate seed audio negativePrompt "
    "cfgScale quality outputCount loop numVariants format referenceAudios voice languageCode media audioUri targetLang"
)
OURS = frozenset(WORDS.split())
"""Fields that only the canonical spec may set, at every endpoint: else an extra could buy more than was paid for."""
DATA_URI_LIMITS = {"image": 5_000_000, "video": 16_000_000, "audio": 16_000_000}
"""Characters of a data URI, by kind of media: the integration guide of 2026-04."""


def uri(media: Media) -> Json:
    """A `runway://` upload as it is; a small file in the body, so that no public address is needed; else a link."""
    if not media.url.startswith("runway://"):
        limit = DATA_URI_LIMITS.get(media.blob.media_type.partition("/")[0], 0)
        if media.blob.size * 4 // 3 + 100 <= limit:
            return Embed(media.blob, "data_uri")
    return media.url
