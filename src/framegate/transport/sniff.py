"""What a file is, by its first bytes: a name or a Content-Type can say anything."""

from __future__ import annotations

NEEDED = 32
"""Bytes that `sniff` wants to see."""

BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
)
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"avif": "image/avif", b"heic": "image/heic"}


def sniff(first: bytes) -> str | None:
    """The media type that a file's first bytes show, or None."""
    for beginning, media_type in BEGINNINGS:
        if first.startswith(beginning):
            return media_type
    if first[:4] == b"RIFF":
        return RIFF.get(first[8:12])
    if first[4:8] == b"ftyp":
        return BRANDS.get(first[8:12], "video/mp4")
    return None
