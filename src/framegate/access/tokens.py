"""Tokens that a client signs with its secret half (HS256), as Kling's clients do: verified without a stored secret.

The token names its access key as `iss`; `exp` and `nbf` are Unix seconds. Kling's documents: a token of 30 minutes,
`nbf` five seconds back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from framegate.core.tokens import EARLY, EXPIRED, read_token

LEEWAY = 60
"""Seconds by which the two clocks may differ."""


class BadToken(Exception):
    """The token is not what its bearer says; the message is fit to be shown to him."""


def check_token(token: str, secret: str, now: int) -> None:
    """Raises `BadToken` unless it was signed with `secret` and is good at `now` (milliseconds)."""
    claims = read_token(token)
    signed, _, signature = token.rpartition(".")
    right = base64.urlsafe_b64encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)).rstrip(
        b"="
    )
    if claims is None or not hmac.compare_digest(right, signature.encode()):
        raise BadToken("the token was not signed with this access key's secret")
    start, end = claims.get("nbf", 0), claims.get("exp")
    if not isinstance(end, int | float) or not isinstance(start, int | float):
        raise BadToken("the token needs exp (and may have nbf), in Unix seconds")
    if now > (end + LEEWAY) * 1000:
        raise BadToken(EXPIRED)
    if now < (start - LEEWAY) * 1000:
        raise BadToken(EARLY)
