"""What clients say over the socket, and what only a socket is told (section 6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from livefloor import Forbidden, Frame, Input, LiveTerms, Look, NotFound, Part, Presence, SocketIO, Talk, TooMany, View
from livefloor.systems.coffee.chat import NewMessage, rooms_of, say
from livefloor.systems.coffee.making import MAKERS, StatusChange, set_status
from livefloor.systems.coffee.models import Station
from livefloor.systems.coffee.order_views import OrderView
from livefloor.systems.coffee.rooms import (
    BARISTA,
    BARISTAS,
    DISPLAY,
    DISPLAY_OF,
    EVERYONE,
    ORGANIZERS,
    STAFF,
    STAFF_AND_BOARDS,
    SUPPORT,
    SUPPORT_ROOM,
    home,
    station_room,
)
from livefloor.systems.coffee.staffing import check_board, own_station
from livefloor.systems.coffee.station_views import Heartbeat
from livefloor.systems.coffee.stations import beat
from livefloor.systems.coffee.sync import SyncData, catch_up

StationId = Annotated[int, Field(ge=1, le=99)]
Seq = Annotated[int, Field(ge=0, lt=10**15)]

ROLE_ROOMS = {"organizers": ORGANIZERS(), "baristas": BARISTAS(), "support": SUPPORT_ROOM()}
TYPING_EVERY_S = 2


# -- what a client says -----------------------------------------------------------------------------------------------


class JoinStation(Input):
    """The station to follow, and the last event that was seen of it."""

    station_id: StationId
    since: Seq | None = None


class LeaveStation(Input):
    """The station to follow no more."""

    station_id: StationId


class JoinRole(Input):
    """The room of a role."""

    role: Literal["organizers", "baristas", "support"]


class OrderUpdate(StatusChange):
    """The cup, and the state that it shall have."""

    order_id: str = Field(min_length=1, max_length=64)


class StationChat(Input):
    """Something to say to a station, to all or to the organizers."""

    station_id: StationId | None = None
    to: Literal["all", "organizers"] | None = None
    message: Annotated[str, NewMessage.model_fields["message"]]
    urgent: bool = False
    client_id: str | None = Field(None, min_length=1, max_length=64)


class RequestSync(Input):
    """The last event that was seen, and the station whose events are wanted too."""

    since: Seq | None = None
    station_id: StationId | None = None


class RefreshAuth(Input):
    """Another token of the same account."""

    token: str = Field(min_length=1, max_length=4096)


class Typing(Input):
    """The chat room in which something is being written."""

    room: Annotated[str, Field(pattern=r"^(all|organizers|station_[1-9][0-9]?)$")]


class StationHeartbeat(Heartbeat):
    """The station of the tablet, and how far it is."""

    station_id: StationId


# -- what it is told --------------------------------------------------------------------------------------------------


class PresentUser(View):
    """Somebody who has a station's page open."""

    id: str
    name: str
    state: Literal["online"] = "online"


class PresenceTold(Frame):
    """Who has a station's page open."""

    event: ClassVar[str] = "presence"
    station_id: int
    users: list[PresentUser]


class StationJoined(Frame):
    """The room of a station was joined."""

    event: ClassVar[str] = "station_joined"
    station_id: int
    room: str
    last_seq: int
    presence: list[PresentUser]


class SyncTold(SyncData, Frame):
    """What was missed, or all anew."""

    event: ClassVar[str] = "sync_data"


class Typer(View):
    """Who is writing."""

    id: str
    name: str


class ChatTyping(Frame):
    """Somebody is writing in a chat room."""

    event: ClassVar[str] = "chat_typing"
    room: str
    user: Typer


FRAMES: tuple[type[Frame], ...] = (PresenceTold, StationJoined, SyncTold, ChatTyping)


class Joined(View):
    """The room that was joined."""

    room: str


class Said(View):
    """The message as it is stored, and the last event of the log."""

    id: str
    seq: int


class Renewed(View):
    """Until when the connection may stay."""

    expires_at: datetime


class Done(View):
    """The cup as it is now."""

    order: OrderView


# -- how the wire behaves ---------------------------------------------------------------------------------------------


def _present(users: Sequence[Mapping[str, Any]]) -> list[PresentUser]:
    return [PresentUser(id=user["id"], name=user.get("name") or "") for user in users]


def _presence(channel: str, users: Sequence[Mapping[str, Any]]) -> Frame:
    return PresenceTold(station_id=int(channel.removeprefix("station_")), users=_present(users))


async def _greeting(look: Look) -> Mapping[str, Any]:
    """Return who is connected, the rooms that come by themselves, and where the log stands."""
    actor = look.actor
    user: dict[str, Any] = {"id": actor.id, "name": actor.name, "role": actor.role}
    if actor.is_in(STAFF):
        user["station_id"] = await own_station(look, actor)
    return {"user": user, "rooms": home(actor), "last_seq": await look.head()}


WIRE = SocketIO(
    namespaces=("/", "/api"),
    max_payload=64 * 1024,
    tokens={"token": "not_authenticated", "order_token": "order_unknown", "device_token": "not_authenticated"},
    inactive="user_inactive",
    acks_ok=True,
    pace=(20, 1.0),
    patience=5,
)
TERMS = LiveTerms(lines={"customer": 3}, grace_s=5.0, presence=Presence(_presence), greets=_greeting, warns_s=60)

live = Part("live")


# -- rooms ------------------------------------------------------------------------------------------------------------


@live.said("join_station", allow=STAFF_AND_BOARDS)
async def join_station(talk: Talk, body: JoinStation) -> StationJoined:
    """Follow a station: staff any, a board its own; with `since` the missed events follow."""
    head = await talk.look(_check_station, body.station_id)
    is_board = talk.actor.is_in(DISPLAY)
    room = DISPLAY_OF(id=str(body.station_id)) if is_board else station_room(body.station_id)
    await talk.join(room, since=body.since)
    present = [] if is_board else _present(talk.present(room))
    joined = StationJoined(station_id=body.station_id, room=room, last_seq=head, presence=present)
    talk.say(joined)
    return joined


async def _check_station(look: Look, station_id: int) -> int:
    """Return where the log stands. Raises NotFound for no station, Forbidden for a board of another."""
    await check_board(look, station_id)
    if await look.find(Station, station_id) is None:
        raise NotFound()
    return await look.head()


@live.said("leave_station", allow=STAFF_AND_BOARDS)
async def leave_station(talk: Talk, body: LeaveStation) -> None:
    """Follow a station no more; it is no error not to have followed it."""
    talk.leave(station_room(body.station_id))
    talk.leave(DISPLAY_OF(id=str(body.station_id)))


@live.said("join_role", allow=STAFF)
async def join_role(talk: Talk, body: JoinRole) -> Joined:
    """Join the room of a role; leads join all of them."""
    await talk.join(ROLE_ROOMS[body.role])
    return Joined(room=ROLE_ROOMS[body.role])


# -- acts -------------------------------------------------------------------------------------------------------------


@live.said("order_update", allow=MAKERS)
async def order_update(talk: Talk, body: OrderUpdate) -> Done:
    """Bring a cup to a state, by the same steps and checks as over HTTP; what comes of it is told by the log."""
    change = StatusChange.model_validate(body.model_dump(exclude={"order_id"}))
    return Done(order=(await talk.execute(set_status, body.order_id, change)).view)


@live.said("station_chat", allow=STAFF)
async def station_chat(talk: Talk, body: StationChat) -> Said:
    """Say something to a station, to all or to the organizers; the same client_id again gives the first."""
    room = body.to or ("all" if body.station_id is None else station_room(body.station_id))
    new = NewMessage(room=room, message=body.message, urgent=body.urgent, client_id=body.client_id)
    view, _ = await talk.execute(say, new)
    return Said(id=view.id, seq=await talk.look(_head))


async def _head(look: Look) -> int:
    return await look.head()


@live.said("heartbeat", allow=BARISTA | SUPPORT | DISPLAY)
async def heartbeat(talk: Talk, body: StationHeartbeat) -> None:
    """Say that the tablet of a station is there."""
    await talk.execute(beat, body.station_id, Heartbeat(queue_seq=body.queue_seq, pending_local=body.pending_local))


@live.said("typing", allow=STAFF)
async def typing(talk: Talk, body: Typing) -> None:
    """Show the others in a chat room that one is writing; once in two seconds."""
    if talk.is_too_soon("typing", TYPING_EVERY_S):
        raise TooMany("rate_limited", "Once in two seconds is enough.", retry_after=TYPING_EVERY_S)
    frame = ChatTyping(room=body.room, user=Typer(id=talk.actor.id or "", name=talk.actor.name or ""))
    for room in rooms_of(body.room):
        await talk.signal(room, frame)


# -- coming back ------------------------------------------------------------------------------------------------------


@live.said("request_sync", allow=EVERYONE)
async def request_sync(talk: Talk, body: RequestSync) -> SyncData:
    """Ask for what was missed; guests and boards for their own rooms alone."""
    if body.station_id is not None and not talk.actor.is_in(STAFF_AND_BOARDS):
        raise Forbidden("forbidden", "You may follow your own order alone.")
    found = await talk.look(catch_up, set(talk.rooms), body.since, body.station_id)
    talk.say(SyncTold.model_validate(found.model_dump()))
    return found


@live.said("refresh_auth", allow=STAFF)
async def refresh_auth(talk: Talk, body: RefreshAuth) -> Renewed:
    """Go on with another token; without one the connection ends with the first."""
    actor = await talk.renew(body.token)
    return Renewed(expires_at=datetime.fromtimestamp(actor.expires_at, talk.now.tzinfo))
