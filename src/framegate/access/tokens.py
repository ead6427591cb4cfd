"""Tokens that a client signs with its secret half (HS256), as Kling's and Zhipu's do: verified without a stored secret.

Kling's name the access key as `iss`; `exp` and `nbf` are Unix seconds, 30 minutes on and five seconds back. Zhipu's
name it as `api_key`; `exp` is in Unix milliseconds, 210 seconds on (PyPI `zai-sdk` 0.2.3), and its SDKs may as well
send the secret half itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from framegate.core.tokens import EARLY, EXPIRED, read_token

LEEWAY = 60_000
"""Milliseconds by which the two clocks may differ."""
MILLISECONDS = 1e11
"""A time beyond this is in milliseconds: in seconds it would be the year 5138."""


class BadToken(Exception):
    """The token is not what its bearer says; the message is fit to be shown to him."""


def check_token(token: str, secret: str, now: int) -> None:
    """Raises `BadToken` unless it was signed with `secret` and is good at `now` (milliseconds), or is `secret`."""
    if hmac.compare_digest(token.encode(), secret.encode()):
        return
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
    if now > moment(end) + LEEWAY:
        raise BadToken(EXPIRED)
    if now < moment(start) - LEEWAY:
        raise BadToken(EARLY)


def moment(time: float) -> float:
    """Unix seconds, or milliseconds, as milliseconds."""
    return time if time > MILLISECONDS else time * 1000
