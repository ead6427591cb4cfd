"""Signed links: a JWT (HS256) in `?_jwt=`, as the documented API has it, that names one thing and expires.

The end is a UTC midnight, between one and two days away, as the original's is: the same link all day, so that it can be
cached.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

import msgspec

DAY = 86_400_000


class Claims(msgspec.Struct, frozen=True):
    """What a link says: the kind and name of the thing, and when it ends (Unix seconds)."""

    bucket: str
    key: str
    exp: int


class BadLink(Exception):
    """The link is altered, of another thing, or expired; the message says which to its holder."""


HEAD = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=") + b"."


class Links:
    """Signs and checks links with a key of their own. `clock` gives milliseconds."""

    def __init__(self, key: bytes, clock: Callable[[], int]) -> None:
        self._key = key
        self._clock = clock

    def sign(self, bucket: str, key: str, expires: int | None = None) -> str:
        """The token for one thing; `expires` in Unix seconds."""
        end = expires if expires is not None else (self._clock() // DAY + 2) * DAY // 1000
        body = HEAD + _b64(msgspec.json.encode(Claims(bucket, key, end)))
        return (body + b"." + self._mac(body)).decode()

    def check(self, token: str, bucket: str, key: str) -> None:
        """Raises `BadLink` unless the token is ours, for this thing, and still good."""
        if not token:
            raise BadLink("this link has no signature (?_jwt=…); ask for the task to get one that has")
        body, _, mac = token.encode().rpartition(b".")
        if not hmac.compare_digest(self._mac(body), mac):
            raise BadLink("this link was altered or is not ours")
        try:
            claims = msgspec.json.decode(_unb64(body.partition(b".")[2]), type=Claims)
        except (ValueError, msgspec.DecodeError):
            raise BadLink("this link was altered or is not ours") from None
        if (claims.bucket, claims.key) != (bucket, key):
            raise BadLink("this link is for another file")
        if claims.exp * 1000 <= self._clock():
            raise BadLink("this link has expired; ask for the task again to get a new one")

    def _mac(self, body: bytes) -> bytes:
        return _b64(hmac.digest(self._key, body, hashlib.sha256))


def _b64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _unb64(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
