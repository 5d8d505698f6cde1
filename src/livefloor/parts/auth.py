"""What every system with accounts offers to who is signed in: refresh, sign out, see and end one's sessions.

How people get in at first (PIN, password, codes) is each system's own policy and stands in the system.
"""

from datetime import datetime, timedelta

from pydantic import Field
from sqlalchemy import select

from livefloor.declare.event import Event, Input, View
from livefloor.declare.part import DELETE, GET, POST, Part
from livefloor.declare.roles import PUBLIC, Roles
from livefloor.identity.sessions import Pair, Session, SessionRevoked, revoke, rotate
from livefloor.kernel.problems import NotAuthenticated, NotFound, Problem
from livefloor.store.paging import Cursor, Items, PageLimit, page
from livefloor.work.ctx import Ctx, Flow, Look

REFRESH_COOKIE = "refresh_token"
EVENTS: tuple[type[Event], ...] = (SessionRevoked,)


class Refresh(Input):
    """The refresh token."""

    refresh_token: str = Field(min_length=1, max_length=200)


class Logout(Input):
    """Whether to end all of one's sessions."""

    everywhere: bool = False


class LoggedOut(View):
    """How many sessions ended."""

    success: bool = True
    revoked: int


class SessionView(View):
    """One of the caller's sessions."""

    id: str
    user_agent: str
    ip_prefix: str
    created_at: datetime
    last_used_at: datetime
    current: bool


def refresh_cookie(prefix: str, token: str, lives: timedelta) -> str:
    """Return the Set-Cookie value that keeps a refresh token out of a page's reach; without a token it takes it away."""
    age = int(lives.total_seconds()) if token else 0
    return f"{REFRESH_COOKIE}={token}; Max-Age={age}; Path={prefix}; HttpOnly; Secure; SameSite=Strict"


async def refresh(flow: Flow, body: Refresh) -> Pair:
    """Get the next pair of tokens for a refresh token."""
    given = await flow.execute(rotate, body.refresh_token)
    if isinstance(given, Problem):
        raise given
    return given


async def logout(ctx: Ctx, body: Logout | None = None) -> LoggedOut:
    """End this session, or all of one's sessions; their live connections close."""
    assert ctx.actor.id is not None
    everywhere = body is not None and body.everywhere
    ended = await revoke(ctx, ctx.actor.id, "logout", only=None if everywhere else ctx.actor.session_id)
    if not ended:
        raise NotAuthenticated("session_revoked", "This session has ended already.")
    return LoggedOut(revoked=ended)


async def list_sessions(look: Look, cursor: Cursor = None, limit: PageLimit = 50) -> Items[SessionView]:
    """List one's active sessions, the latest used first."""
    active = select(Session).where(
        Session.user_id == look.actor.id, Session.revoked_at.is_(None), Session.expires_at > look.now
    )
    order = (Session.last_used_at.desc(), Session.id.desc())
    found = await page(look, active, order=order, cursor=cursor, limit=limit)
    items = [
        SessionView(
            id=row.id,
            user_agent=row.user_agent,
            ip_prefix=row.ip_prefix,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            current=row.id == look.actor.session_id,
        )
        for row in found.rows
    ]
    return Items[SessionView](items=items, **found.place())


async def end_session(ctx: Ctx, id: str) -> None:
    """End one of one's sessions."""
    assert ctx.actor.id is not None
    if not await revoke(ctx, ctx.actor.id, "ended", only=id):
        raise NotFound()


def auth(prefix: str, allow: Roles) -> Part:
    """Return the part, its routes below `prefix`, for accounts of these roles."""
    part = Part("auth")
    part.flow(POST(f"{prefix}/refresh"), allow=PUBLIC, refuses=(401, 429), replay=False)(refresh)
    part.command(POST(f"{prefix}/logout"), allow=allow, refuses=(401,), replay=False)(logout)
    part.query(GET(f"{prefix}/sessions"), allow=allow)(list_sessions)
    part.command(DELETE(f"{prefix}/sessions/{{id}}"), allow=allow, refuses=(404,))(end_session)
    return part
