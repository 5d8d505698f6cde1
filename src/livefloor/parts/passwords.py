"""Accounts with a user name and a password, for systems that need no policy of their own: sign in, register, open accounts.

Guessing is counted as in `identity/throttle.py`: five wrong passwords for a name lock it for a quarter of an hour.
"""

from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import StringConstraints, ValidationError
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.declare.event import Event, Input, View
from livefloor.declare.part import GET, POST, Part
from livefloor.declare.roles import PUBLIC, Roles
from livefloor.identity import lockout, sessions, throttle
from livefloor.identity.secrets import check_password, hash_password, is_common_password
from livefloor.identity.sessions import Pair
from livefloor.kernel.problems import Conflict, Invalid, NotAuthenticated, Problem
from livefloor.store.models import Account
from livefloor.work.ctx import Ctx, Flow, Look

GUARD = throttle.Policy()
REGISTRATIONS = 20
"""How many accounts an hour may be registered from one address."""

Username = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class PasswordAccount(Account):
    """An account that is known by a user name and let in by a password; without a hash nobody gets in."""

    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]


class Login(Input):
    """Who wants in."""

    username: Username
    password: Password


class Registration(Login):
    """What somebody gives who wants an account, and the name that others see."""

    display_name: Named | None = None


class NewAccount(Registration):
    """An account that is opened for somebody, in a role."""

    role: str


class NewPassword(Input):
    """The password of now, and the next."""

    current_password: Password
    new_password: Password


class AccountView(View):
    """An account, as it is told to who may know of it."""

    id: str
    version: int
    username: str
    display_name: str | None
    role: str


class Me(AccountView):
    """Oneself, and the names of what one may call."""

    may: list[str]


class SignedIn(Pair):
    """The tokens of a new session, and whose it is."""

    user: AccountView


class AccountOpened(Event):
    """There is a new account."""

    name: ClassVar[str] = "account.opened"
    user_id: str
    role: str

    def subject(self) -> str:
        """Name the account."""
        return f"user:{self.user_id}"


class PasswordChanged(Event):
    """An account has another password."""

    name: ClassVar[str] = "account.password_changed"
    user_id: str

    def subject(self) -> str:
        """Name the account."""
        return f"user:{self.user_id}"


EVENTS: tuple[type[Event], ...] = (AccountOpened, PasswordChanged)


class _Asked(NamedTuple):
    """A reserved try, and the account that it is about, if there is one."""

    tried: throttle.Try
    user_id: str | None
    stored: str | None


def passwords(prefix: str, *, allow: Roles, register: Roles | None = None, manage: Roles | None = None) -> Part:
    """Return the part, its routes below `prefix`, for accounts of the roles `allow` of a system whose user is a
    PasswordAccount. Whoever registers gets the one role of `register`; those of `manage` open accounts of any role."""
    part = Part("passwords")
    part.flow(POST(f"{prefix}/login"), allow=PUBLIC, refuses=(401, 423, 429), replay=False, secure=True)(login)
    part.query(GET(f"{prefix}/me"), allow=allow)(get_me)
    part.flow(POST(f"{prefix}/password", 204), allow=allow, refuses=(401, 422, 423, 429), replay=False, secure=True)(
        change_password
    )
    if register is not None:
        if len(register.names) != 1 or not register.names <= allow.names:
            raise ValueError("passwords() gives register= to who registers: one role of those in allow=")
        (role,) = register

        @part.flow(POST(f"{prefix}/register", 201), allow=PUBLIC, refuses=(409, 422, 429), replay=False, secure=True)
        async def register_account(flow: Flow, body: Registration) -> SignedIn:
            """Make an account for oneself, and sign in."""
            refuse_weak_password(body.password, body.username)
            refusal = await flow.execute(_count, body.username)
            if refusal is not None:
                raise refusal
            hashed = await flow.offload(hash_password, body.password)
            return await flow.execute(_register, body, role, hashed)

    if manage is not None:

        @part.flow(POST(f"{prefix}/accounts", 201), allow=manage, refuses=(409, 422), replay=False, secure=True)
        async def open_account(flow: Flow, body: NewAccount) -> AccountView:
            """Open an account for somebody else."""
            if body.role not in flow.means.system.roles:
                raise Invalid.field("role", f"There are: {', '.join(flow.means.system.roles)}.")
            refuse_weak_password(body.password, body.username)
            hashed = await flow.offload(hash_password, body.password)
            return AccountView.model_validate(await flow.execute(add_account, body, body.role, hashed))

    return part


def refuse_weak_password(password: str, username: str) -> None:
    """Refuse a password of under 10 characters, a common one, or one around the own name. Raises Invalid `weak_password`."""
    holds_name = len(username) > 2 and username in password.lower()
    if len(password) < 10 or holds_name or is_common_password(password):
        sentence = "A password has 10 to 128 characters, is not a common one, and does not hold the user name."
        raise Invalid.field("password", sentence, "weak_password")


# -- in ---------------------------------------------------------------------------------------------------------------


async def login(flow: Flow, body: Login) -> SignedIn:
    """Sign in with user name and password."""
    asked = await flow.execute(_ask, body.username)
    if isinstance(asked, Problem):
        raise asked
    if not await flow.offload(check_password, body.password, asked.stored):
        raise _wrong()
    done = await flow.execute(_let_in, asked)
    if isinstance(done, Problem):
        raise done
    return done


async def _ask(ctx: Ctx, username: str) -> _Asked | Problem:
    tried = await throttle.reserve(ctx, username, GUARD)
    if isinstance(tried, Problem):
        return tried
    user = await account_of(ctx, username)
    return _Asked(tried, user.id, user.password_hash) if user is not None else _Asked(tried, None, None)


def _wrong() -> NotAuthenticated:
    return NotAuthenticated("bad_credentials", "The user name or the password is wrong.")


async def _let_in(ctx: Ctx, asked: _Asked) -> SignedIn | Problem:
    """Begin a session; the password was right when it was read, and must still be the account's."""
    user = await _still(ctx, asked)
    if user is None or user.status != "active":
        return _wrong()
    return await _begin(ctx, user)


async def _still(ctx: Ctx, asked: _Asked) -> Any:
    """Return the account of a right password, held, if the password is still its own; the try is taken back."""
    user = await ctx.locked(ctx.means.system.user, asked.user_id)
    if user is None or user.password_hash != asked.stored:
        return None
    await throttle.succeeded(ctx, asked.tried)
    return user


async def _begin(ctx: Ctx, user: Any) -> SignedIn:
    _, pair = await sessions.begin(ctx, user, None)
    return SignedIn(**pair.model_dump(), user=AccountView.model_validate(user))


async def _count(ctx: Ctx, username: str) -> Problem | None:
    # Under a name of its own: a registration is no wrong password.
    return await lockout.count_registration(ctx, lockout.key_of(ctx, f"register:{username}"), REGISTRATIONS)


async def _register(ctx: Ctx, body: Registration, role: str, hashed: str) -> SignedIn:
    return await _begin(ctx, await add_account(ctx, body, role, hashed))


# -- accounts ---------------------------------------------------------------------------------------------------------


async def account_of(look: Look, username: str) -> Any:
    """Return the account of a user name, or None."""
    user = look.means.system.user
    return await look.one(select(user).where(user.username == bindparam("of_name")), of_name=username.strip().lower())


async def add_account(ctx: Ctx, given: Registration, role: str, hashed: str | None) -> Any:
    """Add an account in a role. Raises Conflict `username_taken`."""
    shown = given.display_name or given.username
    user = ctx.means.system.user(username=given.username, password_hash=hashed, role=role, display_name=shown)
    if not await ctx.try_add(user):
        raise Conflict("username_taken", "There is an account of this name already.")
    ctx.emit(AccountOpened(user_id=user.id, role=role))
    return user


def admins(role: Roles) -> Any:
    """Return what `livefloor create-admin` does: give an account of this one role a password, and make it if need be."""
    (name,) = role

    async def create_admin(flow: Flow, username: str, password: str, display_name: str) -> None:
        try:
            given = Registration(username=username, password=password, display_name=display_name)
        except ValidationError as error:
            raise Invalid.by_fields(error) from error
        refuse_weak_password(password, given.username)
        await flow.execute(_admit, given, name, await flow.offload(hash_password, password))

    return create_admin


async def _admit(ctx: Ctx, given: Registration, role: str, hashed: str) -> None:
    user = await account_of(ctx, given.username)
    if user is None:
        await add_account(ctx, given, role, hashed)
        return
    if user.role != role:
        raise Conflict("username_taken", f"There is an account of this name already, as {user.role}.")
    user.status = "active"
    await _reset(ctx, user, hashed)


async def set_password(flow: Flow, user_id: str, password: str) -> None:
    """Give an account another password; its wrong tries are forgiven and all of its sessions end. Raises Invalid."""
    user: Any = await flow.look(lambda look: look.find(look.means.system.user, user_id))
    refuse_weak_password(password, user.username)
    hashed = await flow.offload(hash_password, password)

    async def reset(ctx: Ctx) -> None:
        await _reset(ctx, await ctx.locked(ctx.means.system.user, user_id), hashed)

    await flow.execute(reset)


async def _reset(ctx: Ctx, user: Any, hashed: str) -> None:
    user.password_hash = hashed
    await ctx.save(user)
    await throttle.clear(ctx, user.username)
    await sessions.revoke(ctx, user.id, "password_reset")
    ctx.emit(PasswordChanged(user_id=user.id))


# -- oneself ----------------------------------------------------------------------------------------------------------


async def get_me(look: Look) -> Me:
    """Show who one is and what one may call."""
    user = await look.find(look.means.system.user, look.actor.id)
    may = sorted(verb.name for verb in look.means.system.verbs() if look.actor.role in verb.allow)
    return Me(**AccountView.model_validate(user).model_dump(), may=may)


async def change_password(flow: Flow, body: NewPassword) -> None:
    """Choose another password; the other sessions end."""
    username = await flow.look(_own_name)
    refuse_weak_password(body.new_password, username)
    asked = await flow.execute(_ask, username)
    if isinstance(asked, Problem):
        raise asked
    if not await flow.offload(check_password, body.current_password, asked.stored):
        raise _wrong()
    done = await flow.execute(_change_password, asked, await flow.offload(hash_password, body.new_password))
    if done is not None:
        raise done


async def _own_name(look: Look) -> str:
    user: Any = await look.find(look.means.system.user, look.actor.id)
    name: str = user.username
    return name


async def _change_password(ctx: Ctx, asked: _Asked, hashed: str) -> Problem | None:
    user = await _still(ctx, asked)
    if user is None:
        return _wrong()
    user.password_hash = hashed
    await ctx.save(user)
    await sessions.revoke(ctx, user.id, "password", but=ctx.actor.session_id)
    ctx.emit(PasswordChanged(user_id=user.id))
    return None
