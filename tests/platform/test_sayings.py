"""What a system lets its clients say is checked before it serves, and stands in AsyncAPI."""

from dataclasses import replace

from livefloor import Input, Part, Pusher, Role, SocketIO, Talk, View, WebSocketJSON
from livefloor.declare.check import check_system
from livefloor.realtime.asyncapi import document
from tests.platform.shop import system as shop


class Ring(Input):
    """Which bell to ring."""

    bell: int


class Rung(View):
    """How often it was rung."""

    times: int


def _part(name: str = "ring", allow: str = "customer") -> Part:
    part = Part("bells")

    @part.said(name, allow=Role(allow))
    async def ring(talk: Talk, body: Ring) -> Rung:
        """Ring a bell."""
        return Rung(times=body.bell)

    return part


def test_declarations_that_nobody_could_say_are_refused() -> None:
    """Only Socket.IO carries it; its own names are taken; roles and docstrings are as for verbs."""
    role = next(iter(shop.roles))
    good = replace(shop, parts=[*shop.parts, _part(allow=role)], wires=[Pusher(), SocketIO(acks_ok=True)])
    assert check_system(good) == []
    assert len(check_system(replace(good, wires=[Pusher(), WebSocketJSON("/ws")]))) == 1
    assert len(check_system(replace(good, parts=[*shop.parts, _part("disconnect", role)]))) == 1
    assert len(check_system(replace(good, parts=[*shop.parts, _part(allow="nobody")]))) == 1
    twice = [*shop.parts, _part(allow=role), replace(_part(allow=role), name="more")]
    assert len(check_system(replace(good, parts=twice))) == 2


def test_asyncapi_describes_it() -> None:
    """The body and the ack of what may be said stand beside each other."""
    role = next(iter(shop.roles))
    found = document(replace(shop, parts=[*shop.parts, _part(allow=role)], wires=[Pusher(), SocketIO(acks_ok=True)]))
    said = found["components"]["messages"]["socketio.say.ring"]
    assert said["payload"]["prefixItems"][0] == {"const": "ring"}
    done, refused = said["x-ack"]["oneOf"]
    assert done["allOf"][0]["properties"]["ok"] == {"const": True}
    assert refused["properties"]["ok"] == {"const": False}
    assert "socketio.say.subscribe" not in found["components"]["messages"]
    assert "socketio.error_message" in found["channels"]["socketio"]["messages"]
