"""One's own account: see it, change it, change the PIN, delete it."""

import re
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from sqlalchemy import ColumnElement, delete, select, true, update

from livefloor import (
    DELETE,
    GET,
    PUT,
    Actor,
    Conflict,
    Ctx,
    Flow,
    Input,
    Invalid,
    Look,
    NotAuthenticated,
    Part,
    Problem,
    Stale,
    View,
    bindparam,
    codes,
    hash_pin,
    sessions,
)
from livefloor.parts.notifications import forget_account, text
from livefloor.systems.laundry.account_events import ProfileUpdated, UserDeleted, UserPinChanged
from livefloor.systems.laundry.accounts import (
    PIN_SCHEME,
    Asked,
    Phone,
    Pin,
    UserView,
    account_view,
    asked_of_oneself,
    prove,
    refuse_full_phone,
    refuse_weak_pin,
    user_fields,
)
from livefloor.systems.laundry.events import CREW, EVERYONE, STUDENT
from livefloor.systems.laundry.machines import machines_of_user
from livefloor.systems.laundry.models import Cycle, FaultReport, StatusReport, User, WaitlistItem
from livefloor.systems.laundry.pins import is_weak_pin
from livefloor.systems.laundry.rules import MACHINE_TYPES
from livefloor.systems.laundry.settings import room_settings
from livefloor.systems.laundry.views import Done, EntryView, MachineView
from livefloor.systems.laundry.waitlist import count_no_shows, entries_of_user, remove_from_lists

_TURNS_TEXT = re.compile("[\u2028-\u202e\u2066-\u2069]")
"""Signs that break a line or turn the direction of what follows them."""


def _name(said: str) -> str:
    if said.isascii() and said.isdigit() and len(said) == 6:
        raise ValueError("must not look like a student id")
    if _TURNS_TEXT.search(said):
        raise ValueError("must not hold control characters")
    return said


DisplayName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=24, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$"),
    AfterValidator(_name),
    Field(examples=["Mango"]),
]


class ProfileChange(Input):
    """What to change of the own profile; `version` is that of what was read before."""

    phone_number: Phone | None = None
    display_name: DisplayName | None = None
    notify_push: bool | None = None
    notify_sms: bool | None = None
    version: Annotated[int, Field(ge=1, lt=2**63)] | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.fields():
            raise ValueError("give at least one of phone_number, display_name, notify_push, notify_sms")
        return self

    def fields(self) -> list[str]:
        """Return the names of what is to be changed; only a name can be taken back."""
        given = self.model_fields_set - {"version"}
        return sorted(name for name in given if name == "display_name" or getattr(self, name) is not None)


class PinChange(Input):
    """The PIN of now, and the new one."""

    current_pin: Pin
    new_pin: Pin


class Farewell(Input):
    """The PIN, so that nobody else deletes the account."""

    pin: Pin


class OwnUserView(UserView):
    """One's own account, with how one wants to be told."""

    notify_push: bool
    notify_sms: bool
    version: int


class DeviceView(View):
    """A device that is known."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime


class ProfileView(OwnUserView):
    """One's own account, with what one has in the room."""

    waitlist_suspended_until: datetime | None
    no_shows_7d: int
    active: list[MachineView]
    waiting: list[EntryView]
    devices: list[DeviceView]


profile = Part("profile")


@profile.visible(User)
def users_in_sight(actor: Actor) -> ColumnElement[bool]:
    """Show staff all accounts, everybody else their own."""
    return true() if actor.is_in(CREW) else User.id == actor.id


async def _own(look: Look) -> User:
    user = await look.find(User, look.actor.id)
    if user is None or user.status != "active":
        raise NotAuthenticated("session_revoked", "This session has ended; sign in again.")
    return user


def _own_view(user: User) -> OwnUserView:
    return OwnUserView(
        **user_fields(user), notify_push=user.notify_push, notify_sms=user.notify_sms, version=user.version
    )


@profile.query(GET("/api/v1/profile/me"), allow=EVERYONE)
async def get_profile(look: Look) -> ProfileView:
    """Show one's own account."""
    user = await _own(look)
    suspended = user.waitlist_suspended_until
    devices = await look.all(sessions.KNOWN, of_user=user.id, now=look.now)
    return ProfileView(
        **dict(_own_view(user)),
        waitlist_suspended_until=suspended if suspended is not None and suspended > look.now else None,
        no_shows_7d=await count_no_shows(look, user),
        active=await machines_of_user(look, user.id),
        waiting=await entries_of_user(look, user.id),
        devices=[DeviceView.model_validate(device) for device in devices],
    )


@profile.command(PUT("/api/v1/profile/update"), allow=EVERYONE, refuses=(409, 412))
async def update_profile(ctx: Ctx, body: ProfileChange) -> OwnUserView:
    """Change one's own profile."""
    user = await _own(ctx)
    if body.version is not None and body.version != user.version:
        raise Stale("stale_version", "Your profile was changed meanwhile.", version=user.version)
    changed = [name for name in body.fields() if getattr(body, name) != getattr(user, name)]
    if "phone_number" in changed and body.phone_number is not None:
        await refuse_full_phone(ctx, body.phone_number, but=user.id)
        await _tell_old_phone(ctx, user)
        user.phone_changed_at = ctx.now
    for name in changed:
        setattr(user, name, getattr(body, name))
    if changed:
        await ctx.save(user)
        ctx.emit(ProfileUpdated(user_id=user.id, user=account_view(user), fields=changed))
    return _own_view(user)


async def _tell_old_phone(ctx: Ctx, user: User) -> None:
    """Tell the old number that it is no longer the account's (R64)."""
    if user.phone_number is not None and ctx.means.ports.sms.is_on:
        room = (await room_settings(ctx)).room_name
        message = f"{room}: your account has another phone number now. Was it not you? Ask the staff."
        await text(ctx, user_id=user.id, phone=user.phone_number, message=message, kind="security")


@profile.flow(PUT("/api/v1/profile/pin"), allow=STUDENT, refuses=(401, 403, 429))
async def change_pin(flow: Flow, body: PinChange) -> Done:
    """Change one's PIN; all other sessions end."""
    user = await flow.look(_own)
    if body.new_pin == body.current_pin:
        raise Invalid("same_pin", "This is the PIN that you have.")
    refuse_weak_pin(flow.settings, body.new_pin, user.student_id or "", user.phone_number)
    pepper, rounds = flow.means.secrets["pin_pepper"], flow.settings.bcrypt_rounds

    async def change(ctx: Ctx, user: User, tried: Asked) -> Done:
        user.pin_hash, user.pin_scheme = pin_hash, PIN_SCHEME
        user.pin_weak = is_weak_pin(body.new_pin, tried.account, user.phone_number)
        await ctx.save(user)
        await sessions.revoke(ctx, user.id, "pin_changed", but=ctx.actor.session_id)
        ctx.emit(UserPinChanged(user_id=user.id))
        return Done()

    tried = await flow.execute(asked_of_oneself)
    if isinstance(tried, Problem):
        raise tried
    pin_hash = await flow.offload(hash_pin, pepper, user.student_id or "", body.new_pin, rounds)
    return await prove(flow, tried, body.current_pin, change)


@profile.flow(DELETE("/api/v1/profile/me"), allow=STUDENT, refuses=(401, 403, 409, 429))
async def delete_profile(flow: Flow, body: Farewell) -> None:
    """Delete one's account; what was done in the room stays without a name."""
    tried = await flow.execute(asked_of_oneself)
    await prove(flow, tried, body.pin, _delete)


OPEN_LOAD = select(Cycle.id).where(Cycle.user_id == bindparam("of_user"), Cycle.closed_at.is_(None)).limit(1)
LET_GO = (
    *(
        update(table).where(table.user_id == bindparam("of_user")).values(user_id=None)
        for table in (Cycle, FaultReport)
    ),
    delete(StatusReport).where(StatusReport.user_id == bindparam("of_user")),
    delete(WaitlistItem).where(WaitlistItem.user_id == bindparam("of_user")),
)


async def _delete(ctx: Ctx, user: User, tried: Asked) -> Done | Conflict:
    for machine_type in sorted(MACHINE_TYPES):
        await ctx.lock(machine_type)  # no machine is started while the account goes
    if await ctx.one(OPEN_LOAD, of_user=user.id) is not None:
        return Conflict("collect_first", "Take your load out first.")
    await remove_from_lists(ctx, user.id, by_user_id=user.id, reason="The account was deleted.")
    await sessions.revoke(ctx, user.id, "deleted")
    ctx.emit(UserDeleted(user_id=user.id))
    return Done()


@profile.within(UserDeleted)
async def erase(ctx: Ctx, event: UserDeleted) -> None:
    """Erase a deleted account (R62), after all that its leaving the room has led to was written."""
    user = await ctx.find(User, event.user_id)
    assert user is not None
    user.status, user.display_name, user.student_id, user.phone_number = "deleted", None, None, None
    user.pin_hash, user.pin_scheme, user.pin_weak, user.password_hash = None, None, False, None
    user.phone_changed_at = user.waitlist_suspended_until = user.no_shows_cleared_at = user.last_seen_at = None
    await ctx.save(user)
    for statement in LET_GO:
        await ctx.run(statement, of_user=user.id)
    await sessions.forget_sessions(ctx, user.id)
    await codes.forget_codes(ctx, user.id)
    await forget_account(ctx, user.id)
