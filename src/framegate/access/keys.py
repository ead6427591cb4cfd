"""API keys: shown once, stored as SHA-256. A key has 200 bits of chance in it, so a fast hash is enough."""

from __future__ import annotations

import hashlib


def digest(key: str) -> str:
    """What is stored instead of the key, and looked up when it comes back."""
    return hashlib.sha256(key.encode()).hexdigest()


def hint(key: str) -> str:
    """Enough of a key to tell it from others in a list: `fg-ab…wxyz`."""
    return f"{key[:5]}…{key[-4:]}" if len(key) >= 16 else "…"
