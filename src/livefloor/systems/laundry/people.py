"""The desk: look up people, let them in again, block them; staff, the roster, and the guards."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from sqlalchemy import Select, delete, func, insert, or_, select

from livefloor import (
    DELETE,
    GET,
    PATCH,
    POST,
    PUT,
    Conflict,
    Ctx,
    Cursor,
    Flow,
    Forbidden,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    Stale,
    Upload,
    View,
    bindparam,
    codes,
    hash_password,
    lockout,
    page,
    sessions,
)
from livefloor.systems.laundry.account_events import (
    GuardChanged,
    RosterChanged,
    UserBlocked,
    UserChanged,
    UserCodeIssued,
    UserSuspensionLifted,
    UserUnblocked,
    UserUnlocked,
    UserViewed,
)
from livefloor.systems.laundry.accounts import StudentId, UserView, account_view, name_of, user_fields
from livefloor.systems.laundry.cycles import cycle_view
from livefloor.systems.laundry.events import ADMIN, CREW
from livefloor.systems.laundry.feed import ActivityView, activities_of
from livefloor.systems.laundry.models import Cycle, RosterEntry, User
from livefloor.systems.laundry.profile import DisplayName
from livefloor.systems.laundry.signin import add_staff, refuse_weak_password
from livefloor.systems.laundry.views import CycleView, EntryView
from livefloor.systems.laundry.waitlist import count_no_shows, entries_of_user

Status = Literal["active", "blocked", "deleted"]
Role = Literal["student", "staff", "admin"]
Version = Annotated[int, Field(ge=1, lt=2**63)]


class PersonView(UserView):
    """An account as the desk sees it."""

    status: Status
    locked: bool
    waitlist_suspended_until: datetime | None
    last_seen_at: datetime | None
    version: int


class GuardState(View):
    """How near an account is to being locked for unknown devices."""

    failures: int
    failures_30d: int
    locked_until: datetime | None
    closed: bool


class PersonPage(PersonView):
    """All that the desk needs about one person."""

    guard: GuardState
    no_shows_7d: int
    open_cycles: list[CycleView]
    entries: list[EntryView]
    activities: list[ActivityView]


class PersonChange(Input):
    """What to change of an account, and the version of what was read before."""

    version: Version
    status: Literal["active", "blocked"] | None = None
    release_student_id: bool = False
    role: Literal["staff", "admin"] | None = None


class CodeOrder(Input):
    """What the code is for."""

    purpose: codes.Purpose


class IssuedCode(View):
    """A code, shown once."""

    code: str
    expires_at: datetime


class Revoked(View):
    """How many sessions ended."""

    revoked: int


class NewStaff(Input):
    """A new member of the staff."""

    staff_id: StudentId
    password: str = Field(min_length=1, max_length=128)
    display_name: DisplayName
    role: Literal["staff", "admin"]


people = Part("people")


# -- looking up -------------------------------------------------------------------------------------------------------


async def _person(look: Look, id: str) -> User:
    """Return an account that the caller may act on: staff act on students, admins on all. Raises NotFound, Forbidden."""
    user = await look.find(User, id)
    if user is None:
        raise NotFound()
    if user.role != "student" and look.actor.role != "admin":
        raise Forbidden("forbidden", "Only an admin may do this to a member of the staff.")
    return user


def _key(look: Look, user: User) -> str:
    return lockout.key_of(look, user.student_id or "")


def _view(user: User, locked: bool, now: datetime) -> PersonView:
    suspended = user.waitlist_suspended_until
    return PersonView.model_validate(
        {
            **user_fields(user),
            "status": user.status,
            "locked": locked,
            "waitlist_suspended_until": suspended if suspended is not None and suspended > now else None,
            "last_seen_at": user.last_seen_at,
            "version": user.version,
        }
    )


async def _view_now(look: Look, user: User) -> PersonView:
    state = await lockout.account_state(look, _key(look, user))
    return _view(user, state.closed or state.locked_until is not None, look.now)


IDS = select(User.id, User.student_id).where(User.student_id.is_not(None))


async def _locked_ids(look: Look) -> list[str]:
    """Return the accounts that are locked now; guards know them by a keyed name only."""
    locked = await lockout.locked_keys(look)
    if not locked:
        return []
    return [id for id, student_id in await look.tuples(IDS) if lockout.key_of(look, student_id or "") in locked]


@people.query(GET("/api/v1/admin/users"), allow=CREW)
async def list_users(
    look: Look,
    q: Annotated[str | None, Field(min_length=1, max_length=40)] = None,
    role: Role | None = None,
    status: Status | None = None,
    locked: bool | None = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[PersonView]:
    """Search people by the beginning of the id or a part of the name; staff find students."""
    found = look.rows(User)
    if look.actor.role != "admin":
        found = found.where(User.role == "student")
    if q is not None:
        said = func.lower(User.display_name).contains(q.lower(), autoescape=True)
        by_id = len(q) >= 3 and q.isascii() and q.isdigit()
        found = found.where(or_(User.student_id.startswith(q, autoescape=True), said) if by_id else said)
    if role is not None:
        found = found.where(User.role == role)
    if status is not None:
        found = found.where(User.status == status)
    shut_out = await _locked_ids(look)
    if locked is not None:
        found = found.where(User.id.in_(shut_out) if locked else User.id.not_in(shut_out))
    paged = await page(look, found, order=(User.created_at.desc(), User.id.desc()), cursor=cursor, limit=limit)
    return Items[PersonView](items=[_view(user, user.id in shut_out, look.now) for user in paged.rows], **paged.place())


OPEN_CYCLES = (
    select(Cycle).where(Cycle.user_id == bindparam("of_user"), Cycle.closed_at.is_(None)).order_by(Cycle.started_at)
)


@people.command(GET("/api/v1/admin/users/{id}"), allow=CREW)
async def get_user(ctx: Ctx, id: str) -> PersonPage:
    """Look up one person; each look-up is in the audit log."""
    user = await _person(ctx, id)
    state = await lockout.account_state(ctx, _key(ctx, user))
    cycles = await ctx.all(OPEN_CYCLES, of_user=user.id)
    ctx.emit(UserViewed(user_id=user.id))
    return PersonPage(
        **dict(await _view_now(ctx, user)),
        guard=GuardState.model_validate(state),
        no_shows_7d=await count_no_shows(ctx, user),
        open_cycles=[cycle_view(cycle) for cycle in cycles],
        entries=await entries_of_user(ctx, user.id),
        activities=(await activities_of(ctx, user.id)).items,
    )


# -- changing ---------------------------------------------------------------------------------------------------------


OTHER_ADMINS = (
    select(func.count())
    .select_from(User)
    .where(User.role == "admin", User.status == "active", User.id != bindparam("but"))
)


@people.command(PATCH("/api/v1/admin/users/{id}"), allow=CREW, refuses=(409, 412))
async def change_user(ctx: Ctx, id: str, body: PersonChange) -> PersonView:
    """Block or unblock somebody, free an id that somebody took, change a staff member's role."""
    await ctx.lock("admins")
    user = await _person(ctx, id)
    if body.version != user.version:
        raise Stale("stale_version", "The account was changed meanwhile.", version=user.version)
    if user.status == "deleted":
        raise Conflict("account_deleted", "This account was deleted.")
    if body.role is not None and ctx.actor.role != "admin":
        raise Forbidden("forbidden", "Only an admin changes roles.")
    if body.role is not None and user.role == "student":
        raise Conflict("not_staff", "A student stays a student; make a second account for staff.")
    status = body.status or user.status
    if body.release_student_id and status != "blocked":
        raise Conflict("not_blocked", "Block the account first; then its id can be freed.")
    role = body.role or user.role
    was_admin, is_admin = (user.role, user.status) == ("admin", "active"), (role, status) == ("admin", "active")
    if was_admin and not is_admin and not await ctx.one(OTHER_ADMINS, but=user.id):
        raise Conflict("last_admin", "This is the last active admin.")
    fields = [name for name, new in (("role", role), ("status", status)) if new != getattr(user, name)]
    user.role, user.status = role, status
    if body.release_student_id and user.student_id is not None:
        user.student_id = None
        fields.append("student_id")
    if not fields:
        return await _view_now(ctx, user)
    await ctx.save(user)
    if "status" in fields and status == "blocked":
        await sessions.revoke(ctx, user.id, "blocked")
        ctx.emit(UserBlocked(user_id=user.id, user=account_view(user)))
    elif "status" in fields:
        ctx.emit(UserUnblocked(user_id=user.id, user=account_view(user)))
    if fields != ["status"]:
        ctx.emit(UserChanged(user_id=user.id, user=account_view(user), fields=fields))
    return await _view_now(ctx, user)


@people.command(POST("/api/v1/admin/users/{id}/unlock"), allow=CREW)
async def unlock_user(ctx: Ctx, id: str) -> PersonView:
    """Let an account try again from unknown devices; its PIN stays."""
    user = await _person(ctx, id)
    await lockout.clear(ctx, _key(ctx, user))
    ctx.emit(UserUnlocked(user_id=user.id))
    return await _view_now(ctx, user)


@people.command(POST("/api/v1/admin/users/{id}/reset-code"), allow=CREW, refuses=(409, 429))
async def issue_code(ctx: Ctx, id: str, body: CodeOrder) -> IssuedCode:
    """Make a code to read out at the desk; it is shown once and good for 15 minutes."""
    user = await _person(ctx, id)
    if user.role != "student":
        raise Conflict("not_a_student", "Only students sign in with a PIN.")
    if user.status != "active":
        raise Conflict("not_active", "This account is not active.")
    assert ctx.actor.id is not None
    key = _key(ctx, user)
    await lockout.hold(ctx, key)
    code, expires_at = await codes.read_out(ctx, key, user.id, body.purpose, ctx.actor.id)
    ctx.emit(UserCodeIssued(user_id=user.id, purpose=body.purpose, expires_at=expires_at))
    return IssuedCode(code=code, expires_at=expires_at)


@people.command(POST("/api/v1/admin/users/{id}/revoke-sessions"), allow=CREW)
async def revoke_sessions(ctx: Ctx, id: str) -> Revoked:
    """End all sessions of somebody."""
    user = await _person(ctx, id)
    return Revoked(revoked=await sessions.revoke(ctx, user.id, "staff"))


@people.command(POST("/api/v1/admin/users/{id}/lift-suspension"), allow=CREW, refuses=(409,))
async def lift_suspension(ctx: Ctx, id: str) -> PersonView:
    """Let somebody join the lists again; the missed turns of before count no more."""
    user = await _person(ctx, id)
    if user.waitlist_suspended_until is None or user.waitlist_suspended_until <= ctx.now:
        raise Conflict("not_suspended", "This person may join the lists.")
    user.waitlist_suspended_until, user.no_shows_cleared_at = None, ctx.now
    await ctx.save(user)
    ctx.emit(UserSuspensionLifted(user_id=user.id, user=account_view(user)))
    return await _view_now(ctx, user)


@people.flow(POST("/api/v1/admin/staff", 201), allow=ADMIN, refuses=(409,))
async def create_staff(flow: Flow, body: NewStaff) -> PersonView:
    """Make an account for a member of the staff."""
    refuse_weak_password(body.password, body.staff_id)
    password_hash = await flow.offload(hash_password, body.password)

    async def create(ctx: Ctx) -> PersonView:
        user = await add_staff(ctx, body.staff_id, password_hash, body.display_name, body.role)
        return await _view_now(ctx, user)

    return await flow.execute(create)


# -- the roster -------------------------------------------------------------------------------------------------------

MOST_AT_ONCE = 5000
SLICE = 1000
"""How many rows one statement puts in."""


class RosterView(View):
    """An id that may register."""

    student_id: str
    note: str | None
    added_by: str | None
    added_at: datetime


class RosterInput(Input):
    """Ids as a list, or as a file of comma-separated values: the id, then a note."""

    student_ids: list[Annotated[str, Field(max_length=100)]] | None = Field(None, max_length=MOST_AT_ONCE)
    file: Upload | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.student_ids is None) == (self.file is None):
            raise ValueError("give student_ids or a file")
        return self

    def lines(self) -> list[tuple[int, str, str | None]]:
        """Return (line, id, note) of what was given. Raises Invalid."""
        if self.file is None:
            return [(line, said.strip(), None) for line, said in enumerate(self.student_ids or [], 1)]
        try:
            rows = list(csv.reader(io.StringIO(self.file.content.decode("utf-8-sig"))))
        except (UnicodeDecodeError, csv.Error) as error:
            raise Invalid.field("file", "is not comma-separated text in UTF-8") from error
        if len(rows) > MOST_AT_ONCE + 1:
            raise Invalid.field("file", f"has more than {MOST_AT_ONCE} lines")
        found = [
            (line, row[0].strip(), row[1].strip()[:100] if len(row) > 1 else None)
            for line, row in enumerate(rows, 1)
            if row
        ]
        return found[1:] if found and found[0][1] == "student_id" else found


class RejectedLine(View):
    """A line that holds no student id."""

    line: int
    value: str


class RosterAnswer(View):
    """What came of the lines."""

    added: int
    existing: int
    rejected: list[RejectedLine]


@people.query(GET("/api/v1/admin/roster"), allow=ADMIN)
async def list_roster(look: Look, cursor: Cursor = None, limit: PageLimit = 50) -> Items[RosterView]:
    """List the ids that may register in `roster` mode."""
    found = await page(look, select(RosterEntry), order=(RosterEntry.student_id,), cursor=cursor, limit=limit)
    return Items[RosterView](items=[RosterView.model_validate(row) for row in found.rows], **found.place())


@people.command(POST("/api/v1/admin/roster"), allow=ADMIN)
async def add_to_roster(ctx: Ctx, body: RosterInput) -> RosterAnswer:
    """Put ids on the roster."""
    await ctx.lock("roster")
    lines = body.lines()
    rejected = [RejectedLine(line=line, value=said[:100]) for line, said, _ in lines if not _is_id(said)]
    wanted = {said: note for _, said, note in lines if _is_id(said)}
    there = {student_id for part in _slices(sorted(wanted)) for student_id in await ctx.all(_listed(part))}
    new = [said for said in wanted if said not in there]
    for part in _slices(new):
        rows = [
            {"student_id": said, "note": wanted[said], "added_by": ctx.actor.id, "added_at": ctx.now} for said in part
        ]
        await ctx.run(insert(RosterEntry).values(rows))
    if new:
        ctx.emit(RosterChanged(added=len(new), removed=0))
    return RosterAnswer(added=len(new), existing=len(lines) - len(rejected) - len(new), rejected=rejected)


def _is_id(said: str) -> bool:
    return len(said) == 6 and said.isascii() and said.isdigit()


def _slices(ids: list[str]) -> Iterable[list[str]]:
    return (ids[at : at + SLICE] for at in range(0, len(ids), SLICE))


def _listed(ids: list[str]) -> Select[str]:
    return select(RosterEntry.student_id).where(RosterEntry.student_id.in_(ids))


TAKE_OFF = delete(RosterEntry).where(RosterEntry.student_id == bindparam("of_student"))


@people.command(DELETE("/api/v1/admin/roster/{student_id}"), allow=ADMIN)
async def take_off_roster(ctx: Ctx, student_id: str) -> None:
    """Take an id off the roster; an account that it has stays."""
    if not await ctx.run(TAKE_OFF, of_student=student_id):
        raise NotFound()
    ctx.emit(RosterChanged(added=0, removed=1))


# -- the guards -------------------------------------------------------------------------------------------------------


class LockedAccount(View):
    """An account that takes no tries from unknown devices."""

    user_id: str
    student_id: str | None
    display_name: str


class BlockedAddress(View):
    """An address from which unknown devices may not try."""

    ip_prefix: str
    until: datetime


class GuardView(View):
    """How much guessing goes on, and what the guards do about it."""

    mode: lockout.Mode
    active: bool
    active_until: datetime | None
    failures_last_hour: int
    locked_accounts: int
    locked: list[LockedAccount]
    blocked_addresses: list[BlockedAddress]


class GuardInput(Input):
    """Guard mode by itself (`auto`), on, or off."""

    mode: lockout.Mode


@people.query(GET("/api/v1/admin/guard"), allow=CREW)
async def get_guard(look: Look) -> GuardView:
    """Show how much guessing goes on."""
    mode, until = await lockout.guard_mode(look)
    locked = select(User).where(User.id.in_(await _locked_ids(look))).order_by(User.id)
    accounts = [
        LockedAccount(user_id=user.id, student_id=user.student_id, display_name=name_of(user))
        for user in await look.all(locked)
    ]
    addresses = await lockout.blocked_addresses(look)
    return GuardView(
        mode=mode,
        active=await lockout.is_guarded(look),
        active_until=until,
        failures_last_hour=await lockout.failures_since(look, look.now - timedelta(hours=1)),
        locked_accounts=len(await lockout.locked_keys(look)),
        locked=accounts,
        blocked_addresses=[
            BlockedAddress(ip_prefix=row.key, until=row.locked_until) for row in addresses if row.locked_until
        ],
    )


@people.command(PUT("/api/v1/admin/guard"), allow=ADMIN)
async def set_guard(ctx: Ctx, body: GuardInput) -> GuardView:
    """Set guard mode on or off, or leave it to itself."""
    mode, until = await lockout.guard_mode(ctx)
    if mode != body.mode:
        await lockout.set_guard_mode(ctx, body.mode)
        ctx.emit(GuardChanged(mode=body.mode, active_until=until))
    return await get_guard(ctx)
