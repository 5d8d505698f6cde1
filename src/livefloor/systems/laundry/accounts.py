"""Proving who somebody is: what a PIN or password is checked against, under the guards, for every act that asks for one.

One way for all: the guards are asked and the try is reserved as a failure (one transaction), the slow hash runs beside the
event loop, then the failure stands or is taken back (another transaction). Nothing is held in between.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import bindparam, func, select, update

from livefloor import (
    PEPPERED,
    Conflict,
    Ctx,
    Flow,
    Forbidden,
    Invalid,
    Look,
    NotAuthenticated,
    Part,
    Problem,
    Roles,
    TooMany,
    UtcTime,
    View,
    check_password,
    check_pin,
    codes,
    hash_pin,
    is_dated,
    is_within,
    lockout,
    sessions,
)
from livefloor.parts.notifications import text
from livefloor.systems.laundry.account_events import AccountView, GuardChanged, UserLocked
from livefloor.systems.laundry.events import CREW, STUDENT
from livefloor.systems.laundry.models import User
from livefloor.systems.laundry.pins import is_weak_pin
from livefloor.systems.laundry.rules import shown_name
from livefloor.systems.laundry.settings import room_settings

T = TypeVar("T")

accounts = Part("accounts")

SHARED = 5
"""How much more an address of a network that many people share may do (guards D and E)."""

PIN_SCHEME = PEPPERED

FRESH_PHONE = timedelta(hours=72)
"""How long a phone number that was just changed is sent no code: it may be a thief's."""


def _phone(said: str) -> str:
    plain = said.translate({ord(sign): None for sign in " .-()[]"})
    digits = plain.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 10 <= len(digits) <= 15):
        raise ValueError("is a phone number of 10 to 15 digits, with + in front or not")
    return plain


StudentId = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), Field(examples=["123456"])]
Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$"), Field(examples=["7305"])]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$"), Field(examples=["48120597"])]
Phone = Annotated[str, Field(max_length=40, examples=["5551234567"]), AfterValidator(_phone)]
DeviceToken = Annotated[str, Field(min_length=1, max_length=200)]


class UserView(View):
    """An account, for its owner and for staff."""

    id: str
    student_id: str | None
    role: Literal["student", "staff", "admin"]
    phone_number: str | None
    display_name: str
    pin_weak: bool
    created_at: datetime


def name_of(user: User) -> str:
    """Return the name that others see."""
    return shown_name(user.display_name, user.student_id)


def user_fields(user: User) -> dict[str, Any]:
    """Return what a UserView, or a view with more members, shows of an account."""
    fields = {
        name: getattr(user, name) for name in ("id", "student_id", "role", "phone_number", "pin_weak", "created_at")
    }
    return {**fields, "display_name": name_of(user)}


def account_view(user: User) -> AccountView:
    """Return an account as the log knows it."""
    return AccountView(id=user.id, role=user.role, status=user.status, display_name=name_of(user), version=user.version)


BY_STUDENT_ID = select(User).where(User.student_id == bindparam("of_student"))
SEEN = update(User).where(User.id == bindparam("of_id")).values(last_seen_at=bindparam("now", type_=UtcTime()))
REHASH = (
    update(User)
    .where(User.id == bindparam("of_id"))
    .values(pin_hash=bindparam("fresh"), pin_scheme=bindparam("scheme"))
)


@dataclass(frozen=True, slots=True)
class Door:
    """A way in: who comes by it, and with what."""

    kind: lockout.Kind
    roles: Roles


STUDENTS = Door("pin", STUDENT)
CREW_ONLY = Door("password", CREW)


@dataclass(frozen=True, slots=True)
class Asked:
    """A reserved try, and what the secret is to be checked against."""

    attempt: lockout.Attempt
    door: Door
    account: str
    user_id: str | None
    stored: str | None
    scheme: str | None
    known: sessions.KnownDevice | None

    def is_right(self, pepper: str, secret: str, rounds: int) -> bool:
        """Tell whether the secret is right; slow."""
        if self.door.kind == "password":
            return check_password(secret, self.stored)
        return check_pin(pepper, self.account, secret, self.stored, self.scheme, rounds)


def factor_of(look: Look) -> int:
    """Return how much more the caller's address may do than a single household."""
    return SHARED if is_within(look.actor.address, look.settings.campus_networks) else 1


async def asked(ctx: Ctx, door: Door, account: str, device_token: str | None, code: str | None) -> Asked | Problem:
    """Let somebody try the secret of an account, or return the refusal: it is returned, so that what was counted stays."""
    key = lockout.key_of(ctx, account)
    await lockout.hold(ctx, key)
    user = await ctx.one(BY_STUDENT_ID, of_student=account)
    if user is not None and user.role not in door.roles:
        user = None
    known = None
    if user is not None and device_token is not None:
        device = await sessions.device_of_token(ctx, user.id, device_token)
        known = sessions.KnownDevice(device, device_token) if device is not None else None
    if known is None:
        refusal = await lockout.turned_away(ctx, key, door.kind, factor_of(ctx))
        if refusal is None and door.kind == "pin":
            refusal = await _second_thing(ctx, key, user, code)
        if refusal is not None:
            return refusal
    return await _reserved(ctx, door, key, account, user, known)


async def asked_of_oneself(ctx: Ctx) -> Asked | Problem:
    """Let somebody who is signed in try the own PIN; the session's device counts as known while it is trusted."""
    user = await ctx.find(User, ctx.actor.id)
    assert user is not None
    account = user.student_id or ""
    key = lockout.key_of(ctx, account)
    await lockout.hold(ctx, key)
    device = await sessions.device_of_session(ctx, user.id)
    if device is None:
        refusal = await lockout.turned_away(ctx, key, "pin", factor_of(ctx))
        if refusal is not None:
            return refusal
    known = sessions.KnownDevice(device, "") if device is not None else None
    return await _reserved(ctx, STUDENTS, key, account, user, known)


async def _reserved(
    ctx: Ctx, door: Door, key: str, account: str, user: User | None, known: sessions.KnownDevice | None
) -> Asked:
    attempt = await lockout.reserve(ctx, key, door.kind, factor_of(ctx), known.device if known is not None else None)
    stored = None if user is None else user.pin_hash if door.kind == "pin" else user.password_hash
    return Asked(
        attempt,
        door,
        account,
        user.id if user is not None else None,
        stored,
        user.pin_scheme if user is not None else None,
        known,
    )


async def _second_thing(ctx: Ctx, key: str, user: User | None, code: str | None) -> Problem | None:
    """Return the refusal of an unknown device that has not proved a second thing, where one is asked for."""
    check = (await room_settings(ctx)).new_device_check
    if check == "off" or (check == "guard" and not await lockout.is_guarded(ctx)):
        return None
    if code is None:
        if not await codes.live(ctx, key, "sign_in"):
            with suppress(TooMany):
                await order_code(ctx, key, user, "sign_in")
        return Forbidden("code_required", "Give the code that was sent to your phone, or ask the staff for one.")
    row = await codes.find(ctx, key, "sign_in", code)
    if row is None:
        await count_wrong_code(ctx, key)
        return Forbidden("code_wrong", "This code is wrong, used, or over.")
    await codes.spend(ctx, row)
    return None


async def order_code(ctx: Ctx, key: str, user: User | None, purpose: codes.Purpose) -> None:
    """Have a code sent. Raises TooMany past three in a day.

    What is asked for an id that no account has costs and counts the same; that nobody can be sent it shows only later.
    """
    row = await codes.ask(ctx, key, user.id if user is not None else None, purpose)
    await ctx.schedule(send_code, ctx.now, code_id=row.id)


@accounts.timer(settles=False)
async def send_code(ctx: Ctx, code_id: str) -> None:
    """Make a code and send it, if the account may be sent one."""
    row = await ctx.find(codes.OneTimeCode, code_id)
    user = await ctx.find(User, row.user_id) if row is not None and row.user_id is not None else None
    if row is None or user is None or user.status != "active" or user.phone_number is None:
        return
    if not ctx.means.ports.sms.is_on or (
        user.phone_changed_at is not None and user.phone_changed_at > ctx.now - FRESH_PHONE
    ):
        return
    room = (await room_settings(ctx)).room_name
    code = await codes.put_in(ctx, row)
    act = "choose a new PIN" if row.purpose == "pin_reset" else "sign in"
    message = f"{room}: {code} is your code to {act}. It is good for 15 minutes; give it to nobody."
    await text(ctx, user_id=user.id, phone=user.phone_number, message=message, kind="code")


async def count_wrong_code(ctx: Ctx, key: str) -> None:
    """Count a wrong code against the caller's address and the system."""
    _tell_guard(ctx, await lockout.wrong_code(ctx, key, factor_of(ctx)))


def _tell_guard(ctx: Ctx, fallout: lockout.Fallout) -> None:
    if fallout.guard_mode_until is not None:
        ctx.emit(GuardChanged(mode="auto", active_until=fallout.guard_mode_until))


async def failed(ctx: Ctx, tried: Asked) -> Problem:
    """Let the failure stand; return what the person is told."""
    fallout = await lockout.failed(ctx, tried.attempt)
    _tell_guard(ctx, fallout)
    if fallout.locked and tried.user_id is not None:
        ctx.emit(
            UserLocked(
                user_id=tried.user_id,
                failures=fallout.failures,
                locked_until=fallout.locked_until,
                closed=fallout.closed,
            )
        )
    return NotAuthenticated(
        "invalid_credentials", "The id or the secret is wrong.", attempts_left=fallout.attempts_left
    )


async def proven(ctx: Ctx, tried: Asked, fresh: str | None) -> User | Problem:
    """Take the failure back and return the account, or the refusal when it was changed meanwhile or is blocked."""
    await lockout.hold(ctx, tried.attempt.key)
    user = await ctx.locked(User, tried.user_id)
    if user is None or tried.stored not in (user.pin_hash, user.password_hash):
        return await failed(ctx, tried)
    await lockout.succeeded(ctx, tried.attempt)
    if user.status != "active":
        return Forbidden("account_blocked", "This account is blocked; ask the staff.")
    if fresh is not None:
        await ctx.run(REHASH, of_id=user.id, fresh=fresh, scheme=PIN_SCHEME)
    await ctx.run(SEEN, of_id=user.id, now=ctx.now)
    return user


async def prove(
    flow: Flow, tried: Asked | Problem, secret: str, then: Callable[[Ctx, User, Asked], Awaitable[T | Problem]]
) -> T:
    """Check the secret of a reserved try and do what it was for, in the transaction that takes the failure back."""
    if isinstance(tried, Problem):
        raise tried
    pepper, rounds = flow.means.secrets["pin_pepper"], flow.settings.bcrypt_rounds
    if not await flow.offload(tried.is_right, pepper, secret, rounds):
        raise await flow.execute(failed, tried)
    fresh = None
    if tried.door.kind == "pin" and tried.stored is not None and is_dated(tried.stored, tried.scheme, rounds):
        fresh = await flow.offload(hash_pin, pepper, tried.account, secret, rounds)

    async def finish(ctx: Ctx) -> T | Problem:
        user = await proven(ctx, tried, fresh)
        return user if isinstance(user, Problem) else await then(ctx, user, tried)

    done = await flow.execute(finish)
    if isinstance(done, Problem):
        raise done
    return done


def refuse_weak_pin(settings: Any, pin: str, student_id: str, phone_number: str | None) -> None:
    """Refuse a PIN that is easy to guess; a development start takes it and flags it. Raises Invalid `weak_pin`."""
    if not settings.debug and is_weak_pin(pin, student_id, phone_number):
        raise Invalid("weak_pin", "This PIN is easy to guess; choose another.")


OF_PHONE = (
    select(func.count())
    .select_from(User)
    .where(User.phone_number == bindparam("of_phone"), User.status != "deleted", User.id != bindparam("but"))
)


async def refuse_full_phone(ctx: Ctx, phone_number: str, but: str = "") -> None:
    """Refuse one account more on a phone number. Raises Conflict `phone_limit`."""
    most = (await room_settings(ctx)).accounts_per_phone
    if ctx.settings.debug or not most:
        return
    await ctx.lock(f"phone:{phone_number}")
    if (await ctx.one(OF_PHONE, of_phone=phone_number, but=but) or 0) >= most:
        raise Conflict("phone_limit", "This phone number has as many accounts as it may have.")
