"""From an Authorization header to an actor: the token is checked, and the session behind it at each request."""

from dataclasses import replace
from math import inf
from typing import Any

from livefloor.declare.roles import Actor
from livefloor.identity import tickets
from livefloor.identity.sessions import actor_of, standing_of
from livefloor.identity.tokens import Claims, Tokens
from livefloor.kernel.problems import NotAuthenticated
from livefloor.work.execute import Executor


class Access:
    """Tells who is calling one system."""

    def __init__(self, executor: Executor, tokens: Tokens) -> None:
        self._executor = executor
        self._tokens = tokens
        self._standing = standing_of(executor.system.user)

    async def actor(self, authorization: str, **seen: Any) -> Actor:
        """Return the actor of a header. Raises NotAuthenticated."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated()
        return await self.of_token(token.strip(), **seen)

    async def of_token(self, token: str, **seen: Any) -> Actor:
        """Return the actor of an access token. Raises NotAuthenticated."""
        bearers = self._executor.system.bearers
        if bearers is not None and "." not in token:
            found = await self._executor.peek(lambda look: bearers.find(look, token))
            if found is None:
                raise NotAuthenticated()
            return replace(found, expires_at=inf, **seen)
        claims = self._tokens.check(token, self._executor.clock.now().timestamp())
        return await self.of_claims(claims, **seen)

    async def of_ticket(self, ticket: str, opens: str, **seen: str) -> Actor:
        """Return the actor of a ticket for what it `opens`; it is used by it. Raises NotAuthenticated."""
        # Whoever guesses costs a read; only a ticket that is one costs a transaction, and one that opens again none more.
        found = await self._executor.peek(lambda look: tickets.find(look, opens, ticket))
        claims, is_in_use = found or (None, False)
        if claims is not None and not is_in_use:
            claims = await self._executor.change(lambda ctx: tickets.use(ctx, opens, ticket), settled=True)
        if claims is None:
            raise NotAuthenticated("invalid_ticket", "This ticket was used, is over, or never was; get another.")
        return await self.of_claims(claims, **seen)

    async def of_claims(self, claims: Claims, **seen: Any) -> Actor:
        """Return what a checked token stands for now. Raises NotAuthenticated."""
        statement = self._standing
        now = self._executor.clock.now()
        standing = await self._executor.peek(
            lambda look: look.one(statement, session_id=claims.session_id, user_id=claims.user_id)
        )
        return actor_of(claims, standing, now, **seen)

    async def again(self, actor: Actor) -> Actor:
        """Return the same actor as it stands now. Raises NotAuthenticated when its session has ended."""
        bearers = self._executor.system.bearers
        if bearers is not None and actor.session_id is None:
            if not await self._executor.peek(lambda look: bearers.stands(look, actor)):
                raise NotAuthenticated()
            return actor
        claims = Claims(actor.id or "", actor.session_id or "", actor.role, actor.expires_at)
        return await self.of_claims(
            claims, address=actor.address, user_agent=actor.user_agent, request_id=actor.request_id
        )
