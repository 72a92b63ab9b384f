"""Who may call, and who may lead."""

from __future__ import annotations

import asyncio

import pytest

from emgspasm.service.guard import Guard, is_loopback, leads

HERE, THERE = ("127.0.0.1", 50_000), ("192.168.1.7", 50_000)


def refusal(host, origin=None, method="GET", kind="http", name="127.0.0.1", client=HERE):
    headers = [(b"host", host.encode())] if host is not None else []
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    scope = {"type": kind, "method": method, "headers": headers, "client": client}
    return Guard(None, name).refusal(scope)


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "10.0.0.5:80"])
def test_addresses_and_localhost_are_this_machine(host):
    assert refusal(host) == ""


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8765", "", "[::1", None])
def test_a_name_that_may_have_been_made_to_lead_here_is_refused(host):
    assert "not this machine's" in refusal(host)


def test_the_name_that_was_given_is_this_machine():
    assert refusal("lab.example:8765", name="lab.example") == ""


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:80", "http://[::1"]
)
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_another_site_changes_nothing(origin, method):
    assert "another site" in refusal("127.0.0.1:8765", origin, method)


def test_another_site_does_not_look_on():
    assert "another site" in refusal("127.0.0.1:8765", "http://evil.example", kind="websocket")


def test_the_own_page_may_call():
    assert refusal("127.0.0.1:8765", "http://127.0.0.1:8765", "POST") == ""


@pytest.mark.parametrize(
    ("client", "may"),
    [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True),
     ("192.168.1.7", False), ("::ffff:192.168.1.7", False), ("", False), (None, False)],
)  # fmt: skip
def test_only_this_machine_leads(client, may):
    assert leads(client) is may


def test_localhost_is_loopback_and_all_addresses_are_not():
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")


@pytest.mark.parametrize("client", [THERE, None])
def test_a_stranger_leads_nothing(client):
    assert "only browsers on the machine" in refusal("127.0.0.1", method="POST", client=client)
    assert refusal("127.0.0.1", client=client) == ""
    assert refusal("127.0.0.1", kind="websocket", client=client) == ""


def test_what_is_refused_is_not_read():
    scope = {"type": "http", "method": "POST", "headers": [(b"host", b"127.0.0.1")]}
    sent = []

    async def send(message):
        sent.append(message)

    guard = Guard(None, "127.0.0.1")  # neither what it guards nor a body is there to be asked
    asyncio.run(guard({**scope, "client": THERE}, None, send))
    assert sent[0]["status"] == 403
