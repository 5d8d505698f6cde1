"""The routes at which Pusher's clients get what lets their socket join a channel or say whose it is.

Each signature is also a ticket: it is good for a minute and once, and tells the hub whose session is behind the socket.
"""

from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, ConfigDict, Field

from livefloor.declare.event import Input, View
from livefloor.declare.part import POST, Part
from livefloor.declare.roles import Roles
from livefloor.identity import tickets
from livefloor.identity.pusher import SOCKET_ID, App, joining, names_of, signing_in
from livefloor.kernel.problems import Forbidden, Invalid, Problem
from livefloor.work.content import Document
from livefloor.work.ctx import Ctx

MOST_AT_ONCE = 100


def _position(value: Any) -> Any:
    """Take a position as a form writes it; a page that has none says so by nothing, or by JavaScript's word for it."""
    if isinstance(value, str) and value.startswith("{"):
        return orjson.loads(value)
    return None if value in ("", "null", "undefined") else value


Text = Annotated[str, Field(max_length=64, coerce_numbers_to_str=True)]
Since = Annotated[Text | dict[str, Text] | None, BeforeValidator(_position)]
"""A position such as `1042.0` or an event's number; or one for each channel, with `*` for those not named."""


class _Form(Input):
    """What a page sends may hold more than what is asked for."""

    model_config = ConfigDict(extra="ignore")
    form = True
    socket_id: str = Field(pattern=SOCKET_ID)


class JoinRequest(_Form):
    """The socket, the channel or channels it wants to join, and what was last seen."""

    channel_name: str | None = Field(None, max_length=200)
    channel_names: list[str] = Field([], max_length=MOST_AT_ONCE)
    since: Since = None


class SignInRequest(_Form):
    """The socket that is to be the caller's."""


def _left_out(value: Any) -> bool:
    return value is None


class Joining(View):
    """What the client hands on to the socket as it is."""

    auth: str
    channel_data: str | None = Field(None, exclude_if=_left_out)


class SigningIn(View):
    """What the client hands on to the socket as it is."""

    auth: str
    user_data: str


def pusher_part(*, allow: Roles, auth: str = "/pusher/auth", user_auth: str = "/pusher/user-auth") -> Part:
    """Return the part that answers Pusher's clients at these paths."""
    part = Part("pusher")

    @part.command(POST(auth), allow=allow, replay=False)
    async def authorize_channel(ctx: Ctx, body: JoinRequest) -> Joining | Document:
        """Let a socket join a channel; with `channel_names[]` several, each with the status that it would have alone."""
        if body.channel_name is not None:
            return await _join(ctx, body, body.channel_name)
        if not body.channel_names:
            raise Invalid.field("channel_name", "is missing")
        answers = {}
        for name in dict.fromkeys(body.channel_names):
            try:
                joining = await _join(ctx, body, name)
                answers[name] = {"status": 200, "data": joining.model_dump()}
            except Problem as problem:
                answers[name] = {"status": problem.status}
        return Document(orjson.dumps(answers), "application/json")

    @part.command(POST(user_auth), allow=allow, replay=False)
    async def authenticate_user(ctx: Ctx, body: SignInRequest) -> SigningIn:
        """Say to the socket that it is the caller's."""
        user_data = orjson.dumps({"id": ctx.actor.id, "user_info": _info(ctx)}).decode()
        auth = App.of(ctx.means.secrets).auth(signing_in(body.socket_id, user_data))
        return SigningIn(auth=await tickets.issue(ctx, "socket", auth), user_data=user_data)

    return part


async def _join(ctx: Ctx, body: JoinRequest, name: str) -> Joining:
    """Return what lets the socket join. Raises Forbidden."""
    found = names_of(tuple(ctx.means.system.channels)).find(name)
    if found is None or name.startswith("#") or not ctx.means.system.admits(ctx.actor, found[1]):
        raise Forbidden("forbidden_channel", "You may not join this channel.")
    data: dict[str, Any] = {}
    if found[0].presence:
        data |= {"user_id": ctx.actor.id, "user_info": _info(ctx)}
    since = body.since.get(name, body.since.get("*")) if isinstance(body.since, dict) else body.since
    if since is not None:
        data["since"] = since
    channel_data = orjson.dumps(data).decode() if data else None
    auth = App.of(ctx.means.secrets).auth(joining(body.socket_id, name, channel_data))
    return Joining(auth=await tickets.issue(ctx, "socket", auth), channel_data=channel_data)


def _info(ctx: Ctx) -> dict[str, str]:
    return {"name": ctx.actor.name or "", "role": ctx.actor.role}
