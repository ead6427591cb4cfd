"""A setting that cannot be is refused at the start, by the name of its variable and with what would be right."""

from __future__ import annotations

import pytest

from framegate.settings import BadConfiguration, from_environment


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://host/name", "postgresql://"),
        ("ARTIFACTS_URL", "ftp://host/folder", "s3://"),
        ("PUBLIC_URL", "gateway.example.com", "https://"),
        ("PUBLIC_URL", "https://gateway.example.com/?x=1", "https://"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy.internal", "10.0.0.0/8"),
        ("BOOTSTRAP_CREDIT", "lots", "in USD"),
        ("BOOTSTRAP_CREDIT", "-1", "in USD"),
        ("LOG_LEVEL", "chatty", "debug"),
        ("MIN_FREE_DISK", "2GB", "a whole number"),
        ("SANDBOX_WORKERS", "two", "a whole number"),
        ("SANDBOX_PROFILE", "huge", "full or tiny"),
        ("MIN_FREE_DISK", "-1", "0 or more bytes"),
        ("SANDBOX_WORKERS", "-1", "0 or more processes"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("DATABASE", "x", "known are"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str, words: str):
    with pytest.raises(BadConfiguration) as caught:
        from_environment({f"FRAMEGATE_{name}": value})
    assert (True, True) == (f"FRAMEGATE_{name}" in str(caught.value), words in str(caught.value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://user:password@host/name"),
        ("DATABASE_URL", "postgres://host/name"),
        ("ARTIFACTS_URL", "/srv/results"),
        ("ARTIFACTS_URL", "s3://bucket/prefix"),
        ("PUBLIC_URL", "https://gateway.example.com"),
        ("PUBLIC_URL", "http://10.0.0.1:8787/media/"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.4,"),
        ("BOOTSTRAP_CREDIT", "0"),
        ("LOG_LEVEL", "WARNING"),
        ("LOG_LEVEL", ""),
    ],
)
def test_a_setting_that_can_be_is_taken(name: str, value: str):
    found = from_environment({f"FRAMEGATE_{name}": value})
    assert value in {getattr(found, name.lower()), ""}
