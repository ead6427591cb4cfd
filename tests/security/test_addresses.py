"""No URL of a stranger's leads inside, however it is written: what is checked is what is connected to."""

from __future__ import annotations

from pathlib import Path

import pytest

from framegate.transport import Refused, Transport, Unknown
from framegate.transport.client import may_sign
from framegate.transport.guard import check, public

INSIDE = "127.0.0.1"


async def outside(_host: str, _port: int) -> list[str]:
    """A resolver that an attacker has talked into calling every name public."""
    return ["93.184.215.14"]


@pytest.mark.parametrize(
    "url",
    [
        rf"http://{INSIDE}\a.example/",
        rf"http://{INSIDE}\@a.example/",
        r"http://a.example\@127.0.0.1/",
        "http://127%2e0%2e0%2e1/",
        "http://127.0.0.1%2ea.example/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://localhost./",
        "http://a.example./",
        "http://a..example/",
        "http://.example/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1%25lo]/",
        "http://user@a.example/",
        "http://a.example:80:80/",
        "http://a.example;127.0.0.1/",
        "http://a,example/",
        "http://\N{FULLWIDTH DIGIT ONE}27.0.0.1/",
        "http://127\N{IDEOGRAPHIC FULL STOP}0.0.1/",
        "http://a.example/\tx",
        "http:///127.0.0.1/",
        "gopher://a.example/",
        "file:///etc/passwd",
        "//a.example/",
        "http://",
    ],
)
async def test_an_odd_address_is_refused_before_anybody_is_asked(url: str, tmp_path: Path) -> None:
    transport = Transport(spool=tmp_path, resolver=outside)
    with pytest.raises(Refused):
        await transport.fetch(url, folder=tmp_path, max_bytes=1, deadline=5)
    await transport.close()


@pytest.mark.parametrize(
    "host", ["a.example", "A.EXAMPLE", "a_b.example", "xn--bcher-kva.example", "a-1.b2.example"]
)
async def test_a_plain_name_is_looked_up(host: str) -> None:
    target = await check(f"https://{host}/x?y=z", resolver=outside)
    assert (host.lower(), 443, "93.184.215.14") == (target.host, target.port, target.address)


async def test_an_address_is_its_own_answer() -> None:
    assert "93.184.215.14" == (await check("http://93.184.215.14/", resolver=outside)).address
    assert (
        "2606:2800:21f:cb07::1" == (await check("http://[2606:2800:21f:cb07::1]/", resolver=outside)).address
    )


async def test_a_name_that_the_client_cannot_read_is_refused_and_no_crash(tmp_path: Path) -> None:
    transport = Transport(spool=tmp_path, resolver=outside)
    with pytest.raises((Refused, Unknown)):
        await transport.fetch("http://xn--/", folder=tmp_path, max_bytes=1, deadline=5)
    await transport.close()


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "0.0.0.0",  # noqa: S104 - compared, not bound
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2002:7f00:1::",
        "2001::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:db8::1",
        "::ffff:0:127.0.0.1",
        "no address",
    ],
)
def test_what_is_not_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://api.vendor.example/x", True),
        ("https://eu.vendor.example/x", True),
        ("http://eu.vendor.example/x", False),
        ("https://eu.vendor.example:8443/x", False),
        (r"https://evil.example\.vendor.example/x", False),
        (r"https://evil.example\@eu.vendor.example/x", False),
        ("https://evil.example%2f.vendor.example/x", False),
        ("https://evil@eu.vendor.example/x", False),
        ("https://vendor.example.evil.example/x", False),
    ],
)
def test_a_credential_goes_to_the_vendors_hosts_alone(url: str, signed: bool) -> None:
    assert signed == may_sign(url, "https://api.vendor.example", ("*.vendor.example",))
