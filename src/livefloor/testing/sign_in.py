"""Somebody signed in without signing in, for tests and benches that are about something else."""

from datetime import timedelta

from livefloor.identity.sessions import Session, tokens_of
from livefloor.kernel.ids import new_id
from livefloor.store.models import Account
from livefloor.work.ctx import Ctx

MONTH = timedelta(days=30)


async def sign_in(ctx: Ctx, user: Account, lives: timedelta = MONTH) -> tuple[Session, str]:
    """Give a user one more session, and an access token that lives as long as it."""
    times = {"created_at": ctx.now, "last_used_at": ctx.now, "expires_at": ctx.now + lives}
    session = await ctx.add(Session(id=new_id(), user_id=user.id, user_agent="test", ip_prefix="127.0.0.1", **times))
    return session, tokens_of(ctx.means).issue(user.id, session.id, user.role, ctx.now, lives)
