"""Who may call, and who may lead."""

from __future__ import annotations

import pytest

from emgspasm.service.guard import Guard, is_loopback, leads


def refusal(host, origin=None, method="GET", kind="http", name="127.0.0.1"):
    headers = [(b"host", host.encode())] if host is not None else []
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return Guard(None, name).refusal({"type": kind, "method": method, "headers": headers})


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "10.0.0.5:80"])
def test_addresses_and_localhost_are_this_machine(host):
    assert refusal(host) == ""


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8765", "", "[::1", None])
def test_a_name_that_may_have_been_made_to_lead_here_is_refused(host):
    assert "not this machine's" in refusal(host)


def test_the_name_that_was_given_is_this_machine():
    assert refusal("lab.example:8765", name="lab.example") == ""


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:80"])
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
