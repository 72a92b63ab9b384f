"""Neighbours use up no descriptors, and never keep out who leads."""

from __future__ import annotations

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from emgspasm.service.connections import STRANGERS, ConnectionLimit


class Connection:
    """A connection of a client, as asyncio has it."""

    def __init__(self, client):
        self.client, self.protocol, self.closed = client, None, False

    def get_extra_info(self, name):
        return {"peername": self.client}.get(name)

    def set_protocol(self, protocol):
        self.protocol = protocol

    def close(self):
        self.closed = True

    def abort(self):
        self.closed = True
        self.protocol.connection_lost(None)


@pytest.fixture
def come():
    """Lets a client come."""
    state, loop = ServerState(), asyncio.new_event_loop()
    config = uvicorn.Config(None, log_config=None)
    config.load()

    def come_in(client):
        connection = Connection(client)
        limit = ConnectionLimit(config=config, server_state=state, app_state={}, _loop=loop)
        limit.connection_made(connection)
        return connection

    yield come_in
    loop.close()


def crowd(come):
    return [come((f"192.168.1.{number}", 5000)) for number in range(STRANGERS)]


def test_so_many_strangers_are_let_in_and_no_more(come):
    assert all(each.protocol for each in crowd(come))
    for client in (("192.168.1.200", 5000), ("fe80::1", 5000, 0, 2), None):
        late = come(client)
        assert late.closed
        assert late.protocol is None


def test_a_stranger_that_goes_makes_room_for_another(come):
    crowd(come)[7].protocol.connection_lost(None)
    assert come(("192.168.1.200", 5000)).protocol


def test_a_machine_that_took_all_places_makes_room_for_others_but_not_for_itself(come):
    greedy = [come(("192.168.1.7", port)) for port in range(STRANGERS)]
    others = [come((f"192.168.1.{number}", 5000)) for number in range(100, 130)]
    assert all(each.protocol for each in others)
    assert sum(each.closed for each in greedy) == len(others)
    assert come(("192.168.1.7", 5000)).protocol is None


def test_who_leads_comes_in_however_many_look_on(come):
    crowd(come)
    assert come(("127.0.0.1", 5000)).protocol
    assert come(("::ffff:127.0.0.1", 5000, 0, 0)).protocol


def test_who_leads_takes_no_place_of_a_stranger(come):
    for port in range(STRANGERS):
        come(("127.0.0.1", 5000 + port))
    assert come(("192.168.1.200", 5000)).protocol
