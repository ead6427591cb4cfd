"""Reading a JSON Web Token, without judging it: who it says that it is from. `access.tokens` checks the signature."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

import msgspec

EXPIRED = "the token has expired; sign a new one"
EARLY = "the token is not good yet; check your clock"
"""What the bearer is told; formats that have a code of their own for it know it by these words."""


def read_token(token: str) -> Mapping[str, Any] | None:
    """The claims of an HS256 token, unchecked; None when the text is none."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        return None
    try:
        head, claims = (msgspec.json.decode(unpadded(part)) for part in parts[:2])
    except (binascii.Error, ValueError, RecursionError):
        return None
    known = isinstance(head, dict) and isinstance(claims, dict)
    if not known or cast("Mapping[str, Any]", head).get("alg") != "HS256":
        return None
    return cast("Mapping[str, Any]", claims)


def unpadded(text: str) -> bytes:
    """The bytes of base64url without its padding. Raises `ValueError`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
