"""Secrets at rest: what the operator stores is sealed with a key that is not in the database, and never shown again."""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SEALED = "sealed:"


class Unsealable(Exception):
    """A sealed value was made with another master key, or was altered."""


def derive(master: bytes, purpose: str, length: int = 32) -> bytes:
    """A key of its own for each purpose (HKDF-SHA256)."""
    return HKDF(
        algorithm=SHA256(),
        length=length,
        salt=None,
        info=b"framegate " + purpose.encode(),
    ).derive(master)


def key_secret(master: bytes, key_id: str) -> str:
    """The secret half of a key, for clients that sign tokens: derived, so that none is stored."""
    return derive(master, f"key secret {key_id}", 24).hex()


def seal(master: bytes, name: str, secret: str, nonce: bytes) -> str:
    """`secret` encrypted (AES-256-GCM) for the row `name`; `nonce` is 12 random bytes, used once."""
    box = AESGCM(derive(master, "credentials")).encrypt(nonce, secret.encode(), name.encode())
    return SEALED + base64.urlsafe_b64encode(nonce + box).decode()


def unseal(master: bytes, name: str, sealed: str) -> str:
    """The secret again. Raises `Unsealable`."""
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(SEALED))
        return AESGCM(derive(master, "credentials")).decrypt(raw[:12], raw[12:], name.encode()).decode()
    except (InvalidTag, ValueError):
        raise Unsealable(f"the credential of {name!r} was sealed with another master key") from None
