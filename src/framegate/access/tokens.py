"""Tokens that a client signs with its secret half (HS256), as Kling's clients do: verified without a stored secret.

The token names its access key as `iss`; `exp` and `nbf` are Unix seconds. Kling's documents: a token of 30 minutes,
`nbf` five seconds back.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, cast

import msgspec

LEEWAY = 60
"""Seconds by which the two clocks may differ."""


class BadToken(Exception):
    """The token is not what its bearer says; the message is fit to be shown to him."""


def read_token(token: str) -> Mapping[str, Any] | None:
    """The claims of a JWT, unchecked; None when the text is none."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        return None
    try:
        head, claims = (msgspec.json.decode(_unb64(part)) for part in parts[:2])
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(head, dict) or not isinstance(claims, dict):
        return None
    known = cast("Mapping[str, Any]", head).get("alg") == "HS256"
    return cast("Mapping[str, Any]", claims) if known else None


def check_token(token: str, secret: str, now: int) -> None:
    """Raises `BadToken` unless it was signed with `secret` and is good at `now` (milliseconds)."""
    claims = read_token(token)
    signed, _, signature = token.rpartition(".")
    right = _b64(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))
    if claims is None or not hmac.compare_digest(right, signature.encode()):
        raise BadToken("the token was not signed with this access key's secret")
    start, end = claims.get("nbf", 0), claims.get("exp")
    if not isinstance(end, int | float) or not isinstance(start, int | float):
        raise BadToken("the token needs exp (and may have nbf), in Unix seconds")
    if now > (end + LEEWAY) * 1000:
        raise BadToken("the token has expired; sign a new one")
    if now < (start - LEEWAY) * 1000:
        raise BadToken("the token is not good yet; check your clock")


def _b64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
