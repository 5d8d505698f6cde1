"""Getting in: register, sign in, and a new PIN for who forgot it; and what people are told of it."""

from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import select

from livefloor import (
    POST,
    PUBLIC,
    BadRequest,
    Conflict,
    Ctx,
    Flow,
    Forbidden,
    Input,
    Invalid,
    NotFound,
    Part,
    Problem,
    SessionRevoked,
    codes,
    hash_password,
    hash_pin,
    is_loopback,
    is_within,
    lockout,
    sessions,
)
from livefloor.parts.notifications import forget_browsers, notify
from livefloor.systems.laundry.account_events import (
    GuardChanged,
    ProfileUpdated,
    UserChanged,
    UserCreated,
    UserLocked,
    UserPinChanged,
    UserPinReset,
    UserRegistered,
    UserSignedIn,
)
from livefloor.systems.laundry.accounts import (
    BY_STUDENT_ID,
    CREW_ONLY,
    PIN_SCHEME,
    STUDENTS,
    Asked,
    Code,
    DeviceToken,
    Phone,
    Pin,
    StudentId,
    UserView,
    account_view,
    asked,
    count_wrong_code,
    factor_of,
    order_code,
    prove,
    refuse_full_phone,
    refuse_weak_pin,
    user_fields,
)
from livefloor.systems.laundry.models import RosterEntry, User
from livefloor.systems.laundry.pins import is_weak_password, is_weak_pin
from livefloor.systems.laundry.settings import room_settings
from livefloor.systems.laundry.views import Sent

REGISTRATIONS, SHARED_REGISTRATIONS = 10, 100
"""Guard G: registrations an hour from one address, and from one of a network that many people share."""


class Registration(Input):
    """What a new student gives."""

    student_id: StudentId
    pin: Pin
    phone_number: Phone
    room_code: str | None = Field(None, max_length=20)


class Login(Input):
    """A student's id and PIN; the token of a known device, and a code where one is asked for."""

    student_id: StudentId
    pin: Pin
    device_token: DeviceToken | None = None
    code: Code | None = None


class StaffLogin(Input):
    """A staff id and its password; the token of a known device."""

    staff_id: StudentId
    password: str = Field(min_length=1, max_length=128)
    device_token: DeviceToken | None = None


class Forgot(Input):
    """Whose PIN is forgotten."""

    student_id: StudentId


class PinReset(Input):
    """The code that was sent or read out, and the new PIN."""

    student_id: StudentId
    code: Code
    new_pin: Pin


class SignedIn(sessions.Pair):
    """The tokens of a new session, the token by which this device is known from now on, and the account."""

    device_token: str
    user: UserView


signin = Part("signin")


async def _signed_in(ctx: Ctx, user: User, known: sessions.KnownDevice | None) -> tuple[str, SignedIn]:
    device = await sessions.trust(ctx, user.id, known)
    session_id, pair = await sessions.begin(ctx, user, device.device)
    return session_id, SignedIn(**dict(pair), device_token=device.token, user=UserView(**user_fields(user)))


# -- registration -----------------------------------------------------------------------------------------------------


@signin.flow(POST("/api/v1/auth/register", 201), allow=PUBLIC, refuses=(403, 409, 429), replay=False)
async def register(flow: Flow, body: Registration) -> SignedIn:
    """Make a student's account and sign in."""
    refuse_weak_pin(flow.settings, body.pin, body.student_id, body.phone_number)
    refusal = await flow.execute(_may_register, body)
    if refusal is not None:
        raise refusal
    pepper, rounds = flow.means.secrets["pin_pepper"], flow.settings.bcrypt_rounds
    pin_hash = await flow.offload(hash_pin, pepper, body.student_id, body.pin, rounds)
    return await flow.execute(_register, body, pin_hash)


async def _may_register(ctx: Ctx, body: Registration) -> Problem | None:
    """Count the try, whatever comes of it, and return the refusal, if any: who guesses ids or room codes is counted."""
    key = lockout.key_of(ctx, body.student_id)
    address, settings = ctx.actor.address, ctx.settings
    if not (settings.debug and is_loopback(address)):
        most = SHARED_REGISTRATIONS if is_within(address, settings.campus_networks) else REGISTRATIONS
        refusal = await lockout.count_registration(ctx, key, most)
        if refusal is not None:
            return refusal
    room = await room_settings(ctx)
    if room.registration_mode == "room_code" and (body.room_code or "").strip() != room.room_code:
        return Forbidden("room_code_wrong", "The code that is posted in the room is another one.")
    if room.registration_mode == "roster" and await ctx.find(RosterEntry, body.student_id) is None:
        return Forbidden("not_on_roster", "This id is not on the list of residents; ask the staff.")
    if await ctx.one(BY_STUDENT_ID, of_student=body.student_id) is not None:
        return _taken()
    try:
        await refuse_full_phone(ctx, body.phone_number)
    except Conflict as full:
        return full
    return None


def _taken() -> Conflict:
    return Conflict("student_id_taken", "There is an account with this id already; sign in, or ask the staff.")


async def _register(ctx: Ctx, body: Registration, pin_hash: str) -> SignedIn:
    await refuse_full_phone(ctx, body.phone_number)
    user = User(
        role="student",
        status="active",
        student_id=body.student_id,
        pin_hash=pin_hash,
        pin_scheme=PIN_SCHEME,
        pin_weak=is_weak_pin(body.pin, body.student_id, body.phone_number),
        phone_number=body.phone_number,
        last_seen_at=ctx.now,
    )
    if not await ctx.try_add(user):
        raise _taken()
    ctx.emit(UserRegistered(user_id=user.id, user=account_view(user)))
    return (await _signed_in(ctx, user, None))[1]


# -- signing in -------------------------------------------------------------------------------------------------------


@signin.flow(POST("/api/v1/auth/login"), allow=PUBLIC, refuses=(401, 403, 429), replay=False)
async def login(flow: Flow, body: Login) -> SignedIn:
    """Sign in with student id and PIN."""
    tried = await flow.execute(asked, STUDENTS, body.student_id, body.device_token, body.code)
    return await prove(flow, tried, body.pin, _let_in)


@signin.flow(POST("/api/v1/auth/staff/login"), allow=PUBLIC, refuses=(401, 403, 429), replay=False)
async def staff_login(flow: Flow, body: StaffLogin) -> SignedIn:
    """Sign in with staff id and password."""
    tried = await flow.execute(asked, CREW_ONLY, body.staff_id, body.device_token, None)
    return await prove(flow, tried, body.password, _let_in)


async def _let_in(ctx: Ctx, user: User, tried: Asked) -> SignedIn:
    session_id, answer = await _signed_in(ctx, user, tried.known)
    ctx.emit(UserSignedIn(user_id=user.id, session_id=session_id, new_device=tried.known is None))
    return answer


# -- a new PIN for who forgot it --------------------------------------------------------------------------------------


@signin.command(POST("/api/v1/auth/pin/forgot", 202), allow=PUBLIC, refuses=(429,), replay=False)
async def forgot_pin(ctx: Ctx, body: Forgot) -> Sent:
    """Have a code sent to the account's phone; the answer is the same whether or not there is such an account."""
    key = lockout.key_of(ctx, body.student_id)
    await lockout.hold(ctx, key)
    user = await ctx.one(BY_STUDENT_ID, of_student=body.student_id)
    await order_code(ctx, key, user if user is not None and user.role == "student" else None, "pin_reset")
    return Sent()


@dataclass(frozen=True, slots=True)
class _Redeemed:
    user_id: str


@signin.flow(POST("/api/v1/auth/pin/reset"), allow=PUBLIC, refuses=(400, 429), replay=False)
async def reset_pin(flow: Flow, body: PinReset) -> SignedIn:
    """Choose a new PIN with a code; all sessions and known devices of before end."""
    refuse_weak_pin(flow.settings, body.new_pin, body.student_id, None)
    redeemed = await flow.execute(_redeem, body)
    if isinstance(redeemed, Problem):
        raise redeemed
    pepper, rounds = flow.means.secrets["pin_pepper"], flow.settings.bcrypt_rounds
    pin_hash = await flow.offload(hash_pin, pepper, body.student_id, body.new_pin, rounds)
    return await flow.execute(_reset, redeemed.user_id, body, pin_hash)


async def _redeem(ctx: Ctx, body: PinReset) -> _Redeemed | Problem:
    key = lockout.key_of(ctx, body.student_id)
    await lockout.hold(ctx, key)
    refusal = await lockout.turned_away(ctx, key, "code", factor_of(ctx))
    if refusal is not None:
        return refusal
    user = await ctx.one(BY_STUDENT_ID, of_student=body.student_id)
    row = await codes.find(ctx, key, "pin_reset", body.code)
    if row is None or user is None or user.id != row.user_id or user.status != "active":
        await count_wrong_code(ctx, key)
        return BadRequest("code_wrong", "This code is wrong, used, or over.")
    try:
        refuse_weak_pin(ctx.settings, body.new_pin, body.student_id, user.phone_number)
    except Invalid as weak:
        return weak
    await codes.spend(ctx, row)
    return _Redeemed(user.id)


async def _reset(ctx: Ctx, user_id: str, body: PinReset, pin_hash: str) -> SignedIn:
    await lockout.clear(ctx, lockout.key_of(ctx, body.student_id))
    user = await ctx.locked(User, user_id)
    if user is None or user.status != "active" or user.student_id != body.student_id:
        raise BadRequest("code_wrong", "This code is wrong, used, or over.")
    user.pin_hash, user.pin_scheme = pin_hash, PIN_SCHEME
    user.pin_weak = is_weak_pin(body.new_pin, body.student_id, user.phone_number)
    user.last_seen_at = ctx.now
    await ctx.save(user)
    await sessions.revoke(ctx, user.id, "pin_reset")
    await sessions.distrust_all(ctx, user.id)
    await forget_browsers(ctx, user.id)
    ctx.emit(UserPinReset(user_id=user.id))
    return (await _signed_in(ctx, user, None))[1]


# -- the first admin --------------------------------------------------------------------------------------------------


async def create_admin(flow: Flow, staff_id: str, password: str, name: str) -> None:
    """Make an admin, or give one that exists a new password and let it in again.

    Raises Invalid for a weak password, Conflict when the id is a student's or a staff member's.
    """
    if not (len(staff_id) == 6 and staff_id.isascii() and staff_id.isdigit()):
        raise Invalid.field("staff_id", "is six digits")
    refuse_weak_password(password, staff_id)
    password_hash = await flow.offload(hash_password, password)
    await flow.execute(_create_admin, staff_id, password_hash, name)


def refuse_weak_password(password: str, staff_id: str) -> None:
    """Refuse a password that is easy to guess. Raises Invalid `weak_password`."""
    if is_weak_password(password, staff_id):
        raise Invalid("weak_password", "At least 12 characters, not built on a common word or the own id.")


async def _create_admin(ctx: Ctx, staff_id: str, password_hash: str, name: str) -> None:
    user = await ctx.one(BY_STUDENT_ID, of_student=staff_id)
    if user is not None and user.role != "admin":
        raise _taken()
    if user is None:
        await add_staff(ctx, staff_id, password_hash, name, "admin")
        return
    user.status = "active"
    await _reset_password(ctx, user, password_hash)


async def set_password(flow: Flow, user_id: str, password: str) -> None:
    """Give a member of the staff another password; all of the account's sessions and known devices go.

    Raises Conflict for a student, who has a PIN, and Invalid for a weak password.
    """
    user = await flow.look(lambda look: look.find(User, user_id))
    if user is None:
        raise NotFound()
    if user.role == "student":
        raise Conflict("has_pin", "A student has a PIN and no password: the desk gives out a code to reset it.")
    refuse_weak_password(password, user.student_id or "")
    await flow.execute(_set_password, user_id, await flow.offload(hash_password, password))


async def _set_password(ctx: Ctx, user_id: str, password_hash: str) -> None:
    user = await ctx.locked(User, user_id)
    if user is not None:
        await _reset_password(ctx, user, password_hash)


async def _reset_password(ctx: Ctx, user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    await ctx.save(user)
    await lockout.clear(ctx, lockout.key_of(ctx, user.student_id or ""))
    await sessions.revoke(ctx, user.id, "password_reset")
    await sessions.distrust_all(ctx, user.id)
    ctx.emit(UserChanged(user_id=user.id, user=account_view(user), fields=["password"]))


async def add_staff(ctx: Ctx, staff_id: str, password_hash: str, name: str, role: str) -> User:
    """Add a member of the staff. Raises Conflict `student_id_taken`."""
    user = User(role=role, status="active", student_id=staff_id, password_hash=password_hash, display_name=name)
    if not await ctx.try_add(user):
        raise _taken()
    ctx.emit(UserCreated(user_id=user.id, user=account_view(user)))
    return user


# -- what people are told ---------------------------------------------------------------------------------------------

CREW_IDS = select(User.id).where(User.role.in_(("staff", "admin")), User.status == "active").order_by(User.id)


async def _warn(ctx: Ctx, user_id: str, title: str, message: str) -> None:
    await notify(ctx, user_id=user_id, kind="security", title=title, message=message, link="/profile", push=True)


@signin.within(UserSignedIn)
async def warn_of_new_device(ctx: Ctx, event: UserSignedIn) -> None:
    """Tell an account that it was signed in to from a device that it did not know."""
    if event.new_device:
        await _warn(
            ctx,
            event.user_id,
            "New device",
            "Your account was signed in to from a new device. Not you? Change your secret.",
        )


@signin.within(UserPinChanged)
async def warn_of_changed_pin(ctx: Ctx, event: UserPinChanged) -> None:
    """Tell an account that its PIN was changed."""
    await _warn(
        ctx, event.user_id, "PIN changed", "Your PIN was changed and your other sessions ended. Not you? Ask the staff."
    )


@signin.within(UserPinReset)
async def warn_of_reset_pin(ctx: Ctx, event: UserPinReset) -> None:
    """Tell an account that its PIN was reset with a code."""
    await _warn(ctx, event.user_id, "New PIN", "Your PIN was reset with a code; all devices have to sign in again.")


@signin.within(SessionRevoked)
async def warn_of_reuse(ctx: Ctx, event: SessionRevoked) -> None:
    """Tell an account that somebody used an old refresh token of it."""
    if event.cause == "reuse":
        await _warn(
            ctx,
            event.user_id,
            "Session ended",
            "An old sign-in was used again, perhaps by somebody else; that session has ended.",
        )


@signin.within(UserLocked)
async def warn_of_closed_account(ctx: Ctx, event: UserLocked) -> None:
    """Tell an account that unknown devices are shut out until its PIN is reset."""
    if event.closed:
        await _warn(
            ctx,
            event.user_id,
            "Too many wrong tries",
            "New devices are shut out until you reset your PIN; this one goes on working.",
        )


@signin.within(ProfileUpdated)
async def warn_of_changed_phone(ctx: Ctx, event: ProfileUpdated) -> None:
    """Tell an account that its phone number was changed."""
    if "phone_number" in event.fields:
        await _warn(
            ctx, event.user_id, "Phone number changed", "Your phone number was changed. Not you? Ask the staff."
        )


@signin.within(GuardChanged)
async def warn_staff_of_guard_mode(ctx: Ctx, event: GuardChanged) -> None:
    """Tell the staff that guard mode began by itself (guard F)."""
    if event.mode == "auto" and event.active_until is not None:
        for user_id in await ctx.all(CREW_IDS):
            await notify(
                ctx,
                user_id=user_id,
                kind="staff_guard",
                title="Guard mode is on",
                message=f"Many wrong PINs came in. New devices need a code until {event.active_until:%H:%M} UTC.",
                link="/admin/guard",
                push=True,
            )
