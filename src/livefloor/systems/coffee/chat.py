"""The chat of the crew: rooms for all, for the organizers and for each station; who has read how far (section 5.10).

Everybody may write into every room, so that a barista can call the organizers; what was said among them only they read.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints
from sqlalchemy import func, select, update

from livefloor import (
    GET,
    POST,
    Actor,
    Address,
    Announced,
    Conflict,
    Ctx,
    Forbidden,
    Found,
    Input,
    Invalid,
    Look,
    PageLimit,
    Part,
    TooMany,
    UtcTime,
    View,
    bindparam,
)
from livefloor.systems.coffee.models import ChatMessage, ChatRead, Station, User
from livefloor.systems.coffee.occasions import ACTIVE
from livefloor.systems.coffee.rooms import ALL_STAFF, LEADS, ORGANIZERS, STAFF, Fact, by, station_room
from livefloor.systems.coffee.staffing import own_station

MOST, IN = 10, timedelta(seconds=10)
"""How many messages one person may send, in which time."""

Room = Annotated[str, Field(pattern=r"^(all|organizers|station_[1-9][0-9]?)$")]
MessageId = Annotated[str, Field(min_length=1, max_length=64)]

IN_ROOM = (
    select(ChatMessage, User.display_name)
    .join(User, User.id == ChatMessage.sender_id)
    .where(ChatMessage.room == bindparam("room"))
)
NEWEST = IN_ROOM.order_by(ChatMessage.id.desc()).limit(bindparam("many"))
NEWEST_OF_ALL = (
    select(ChatMessage, User.display_name)
    .join(User, User.id == ChatMessage.sender_id)
    .order_by(ChatMessage.id.desc())
    .limit(bindparam("many"))
)
NEWEST_BUT_ORGANIZERS = NEWEST_OF_ALL.where(ChatMessage.room != "organizers")
OLDER = NEWEST.where(ChatMessage.id < bindparam("before"))
COUNT = select(func.count()).select_from(ChatMessage).where(ChatMessage.room == bindparam("room"))
UNREAD = COUNT.where(ChatMessage.id > bindparam("last_read_id"), ChatMessage.sender_id != bindparam("user_id"))
SAID_SINCE = (
    select(func.count())
    .select_from(ChatMessage)
    .where(ChatMessage.sender_id == bindparam("user_id"), ChatMessage.at > bindparam("since", type_=UtcTime()))
)
BY_CLIENT_ID = (
    select(ChatMessage, User.display_name)
    .join(User, User.id == ChatMessage.sender_id)
    .where(ChatMessage.client_id == bindparam("client_id"))
)
READERS = (
    select(ChatRead.user_id, User.display_name, ChatRead.last_read_id)
    .join(User, User.id == ChatRead.user_id)
    .where(ChatRead.room == bindparam("room"))
    .order_by(User.display_name, User.id)
)
READ_ON = (
    update(ChatRead)
    .where(
        ChatRead.user_id == bindparam("of_user"),
        ChatRead.room == bindparam("of_room"),
        ChatRead.last_read_id < bindparam("up_to"),
    )
    .values(last_read_id=bindparam("up_to"))
)


class NewMessage(Input):
    """Something to say."""

    room: Room
    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    urgent: bool = False
    client_id: str | None = Field(None, min_length=1, max_length=64)


class ReadUpTo(Input):
    """How far a room was read."""

    room: Room
    last_read_id: MessageId


class Sender(View):
    """Who said it, and from where."""

    id: str
    name: str
    station_id: int | None


class MessageView(View):
    """A message as the crew sees it."""

    collection: ClassVar[str] = "chat_messages"
    id: str
    room: str
    sender: Sender
    message: str
    urgent: bool
    client_id: str | None
    at: datetime


class Reader(View):
    """How far somebody has read."""

    id: str
    name: str
    last_read_id: str


class Messages(View):
    """A stretch of a room, newest first; what one has not read, and how far the others have."""

    items: list[MessageView]
    unread: int
    readers: list[Reader]
    next_cursor: str | None
    total: int


def rooms_of(room: str, sender_station: int | None = None) -> list[Address]:
    """Return the live rooms of a chat room; what goes to a station is seen at the sender's own as well."""
    if room == "all":
        return list(ALL_STAFF)
    if room == "organizers":
        return [ORGANIZERS()]
    own = [] if sender_station is None else [station_room(sender_station)]
    return list(dict.fromkeys([Address(room), *own]))


class ChatMessageSent(Fact):
    """One of the crew said something."""

    name: ClassVar[str] = "chat_message"
    id: str
    room: str
    sender: Sender
    message: str
    urgent: bool
    client_id: str | None

    def subject(self) -> str:
        """Name the room."""
        return f"chat:{self.room}"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms to which it is addressed."""
        return rooms_of(self.room, self.sender.station_id)


class ChatReadUpTo(Fact):
    """Somebody has read a room up to a message."""

    name: ClassVar[str] = "chat_read"
    room: str
    reader: Reader

    def subject(self) -> str:
        """Name the room."""
        return f"chat:{self.room}"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms in which the message stands."""
        return rooms_of(self.room)


EVENTS: tuple[type[Announced], ...] = (ChatMessageSent, ChatReadUpTo)

chat = Part("chat")


def may_read(actor: Actor, room: str) -> bool:
    """Tell whether somebody of the crew may read a room."""
    return room != "organizers" or actor.is_in(LEADS)


def _check_reader(actor: Actor, room: str) -> None:
    if not may_read(actor, room):
        raise Forbidden("room_not_allowed", "What is said among the organizers only they read.")


def _view(row: ChatMessage, name: str | None) -> MessageView:
    sender = Sender(id=row.sender_id, name=name or "", station_id=row.sender_station)
    return MessageView.model_validate({**vars(row), "sender": sender})


# -- reading ----------------------------------------------------------------------------------------------------------


@chat.query(GET("/api/chat/messages"), allow=STAFF)
async def list_chat_messages(
    look: Look, room: Room, before: MessageId | None = None, limit: PageLimit = 50
) -> Messages:
    """Show a room, newest first; `before` is the id from which to go back."""
    _check_reader(look.actor, room)
    messages, older = await newest(look, room, limit, before)
    mine = await look.find(ChatRead, look.actor.id, room)
    last_read_id = mine.last_read_id if mine is not None else ""
    return Messages(
        items=messages,
        unread=await look.one(UNREAD, room=room, last_read_id=last_read_id, user_id=look.actor.id) or 0,
        readers=[
            Reader(id=id, name=name or "", last_read_id=at) for id, name, at in await look.tuples(READERS, room=room)
        ],
        next_cursor=messages[-1].id if older else None,
        total=await look.one(COUNT, room=room) or 0,
    )


async def newest(look: Look, room: str, many: int, before: str | None = None) -> tuple[list[MessageView], bool]:
    """Return the newest messages of a room, from `before` back, and whether there are older ones."""
    if before is None:
        rows = await look.tuples(NEWEST, room=room, many=many + 1)
    else:
        rows = await look.tuples(OLDER, room=room, many=many + 1, before=before)
    return [_view(row, name) for row, name in rows[:many]], len(rows) > many


async def newest_readable(look: Look, many: int) -> list[MessageView]:
    """Return the newest messages of all rooms that the caller may read."""
    statement = NEWEST_OF_ALL if may_read(look.actor, "organizers") else NEWEST_BUT_ORGANIZERS
    return [_view(row, name) for row, name in await look.tuples(statement, many=many)]


@chat.command(POST("/api/chat/read", 204), allow=STAFF)
async def read_messages(ctx: Ctx, body: ReadUpTo) -> None:
    """Say how far one has read a room; it never moves backwards."""
    _check_reader(ctx.actor, body.room)
    message = await ctx.find(ChatMessage, body.last_read_id)
    if message is None or message.room != body.room:
        raise Invalid.field("last_read_id", "is no message of this room")
    user_id = ctx.actor.id or ""
    if not await ctx.try_add(ChatRead(user_id=user_id, room=body.room, last_read_id=message.id)) and not await ctx.run(
        READ_ON, of_user=user_id, of_room=body.room, up_to=message.id
    ):
        return
    reader = Reader(id=user_id, name=ctx.actor.name or "", last_read_id=message.id)
    ctx.emit(ChatReadUpTo(actor=by(ctx), room=body.room, reader=reader))


# -- saying -----------------------------------------------------------------------------------------------------------


@chat.command(POST("/api/chat/messages", 201), allow=STAFF)
async def send_message(ctx: Ctx, body: NewMessage) -> MessageView | Found:
    """Say something in a room; the same client_id again gives the first message, with 200."""
    view, is_new = await say(ctx, body)
    return view if is_new else Found.of(view)


async def say(ctx: Ctx, new: NewMessage) -> tuple[MessageView, bool]:
    """Store a message and tell it; return it, and whether it is new. Raises Invalid, Conflict, TooMany chat_too_fast."""
    user_id = ctx.actor.id or ""
    await ctx.lock(f"chat:{user_id}")
    if new.client_id is not None and (first := await _first(ctx, new.client_id)) is not None:
        return first, False
    if new.room.startswith("station_") and await ctx.find(Station, int(new.room[8:])) is None:
        raise Invalid.field("room", "there is no such station")
    if (await ctx.one(SAID_SINCE, user_id=user_id, since=ctx.now - IN) or 0) >= MOST:
        raise TooMany("chat_too_fast", "Ten messages in ten seconds are enough.", retry_after=10)
    event = await ctx.one(ACTIVE)
    row = ChatMessage(
        event_id=event.id if event is not None else None,
        sender_id=user_id,
        sender_station=await own_station(ctx, ctx.actor),
        at=ctx.now,
        **new.model_dump(),
    )
    if not await ctx.try_add(row):
        raise Conflict("client_id_taken", "Somebody else has used this client_id.")
    view = _view(row, ctx.actor.name)
    ctx.emit(
        ChatMessageSent(
            actor=by(ctx), **{name: getattr(view, name) for name in MessageView.model_fields if name != "at"}
        )
    )
    return view, True


async def _first(ctx: Ctx, client_id: str) -> MessageView | None:
    found = await ctx.tuples(BY_CLIENT_ID, client_id=client_id)
    if not found:
        return None
    row, name = found[0]
    if row.sender_id != ctx.actor.id:
        raise Conflict("client_id_taken", "Somebody else has used this client_id.")
    return _view(row, name)
