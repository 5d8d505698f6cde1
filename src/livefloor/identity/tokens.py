"""Access tokens: signed, short claims; the session they name is looked up at each request."""

import contextlib
import re
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import NotAuthenticated


class Claims(NamedTuple):
    """What an access token says; `role` only informs, the stored one decides."""

    user_id: str
    session_id: str
    role: str
    expires_at: float


class Tokens:
    """Issues access tokens (JWT, HS256) with one secret; checks them with it, and while it is changed with the one before."""

    KEPT = 10_000

    def __init__(self, secret: str, previous: str = "") -> None:
        self._key = OctKey.import_key(secret)
        self._keys = [self._key, *([OctKey.import_key(previous)] if previous else [])]
        self._checked: OrderedDict[str, Claims] = OrderedDict()

    def issue(
        self, user_id: str, session_id: str, role: str, now: datetime, lives: timedelta, jti: str | None = None
    ) -> str:
        """Return a new access token; with the same `jti` and moment it is the same."""
        claims = {
            "sub": user_id,
            "sid": session_id,
            "role": role,
            "iat": int(now.timestamp()),
            "exp": int((now + lives).timestamp()),
            "jti": jti or new_id(),
            "typ": "access",
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key)

    def check(self, token: str, now: float) -> Claims:
        """Return the claims of a token. Raises NotAuthenticated (`not_authenticated`, `token_expired`)."""
        claims = self._checked.get(token)
        if claims is None:
            claims = self._read(token)
            self._checked[token] = claims
            if len(self._checked) > self.KEPT:
                self._checked.popitem(last=False)
        if claims.expires_at <= now:
            raise NotAuthenticated("token_expired", "The access token is over; refresh it.")
        return claims

    def _read(self, token: str) -> Claims:
        if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII) or len(token) > 4096:
            raise NotAuthenticated("not_authenticated", "This is not an access token.")
        match self._claims(token):
            case {"typ": "access", "sub": str(user), "sid": str(session), "role": str(role), "exp": int(expires)}:
                return Claims(user, session, role, float(expires))
        raise NotAuthenticated("not_authenticated", "This is not an access token.")

    def _claims(self, token: str) -> dict[str, Any] | None:
        for key in self._keys:
            with contextlib.suppress(JoseError, ValueError):
                return jwt.decode(token, key, algorithms=["HS256"]).claims
        return None
