"""What is told of accounts, the roster and the guards. No student id and no phone number stands in any of it (R60).

The notifications that these facts give (`security`, `staff_guard`) are reactions in signin.py.
"""

from datetime import datetime
from typing import ClassVar, Literal

from livefloor import Event, View


class AccountView(View):
    """An account as the log knows it; who reads the log may not read ids and phones there."""

    collection: ClassVar[str] = "users"
    id: str
    role: str
    status: str
    display_name: str | None
    version: int


class AccountEvent(Event):
    """A fact about one account."""

    rank: ClassVar[int] = 60
    user_id: str

    def subject(self) -> str:
        """Name the account."""
        return f"user:{self.user_id}"


class UserRegistered(AccountEvent):
    """A student made an account."""

    name: ClassVar[str] = "user.registered"
    user: AccountView


class UserCreated(AccountEvent):
    """An admin, or the command line, made an account for a member of the staff."""

    name: ClassVar[str] = "user.created"
    user: AccountView


class UserSignedIn(AccountEvent):
    """Somebody signed in; `new_device` when the device was not known."""

    name: ClassVar[str] = "user.signed_in"
    session_id: str
    new_device: bool


class UserLocked(AccountEvent):
    """An account takes no more tries from unknown devices for a while, or (`closed`) until its PIN is reset."""

    name: ClassVar[str] = "user.locked"
    failures: int
    locked_until: datetime | None
    closed: bool


class UserUnlocked(AccountEvent):
    """Staff let an account try again."""

    name: ClassVar[str] = "user.unlocked"


class UserPinReset(AccountEvent):
    """A new PIN was set with a code; all sessions and known devices of before are gone."""

    name: ClassVar[str] = "user.pin_reset"


class UserPinChanged(AccountEvent):
    """A student changed the PIN."""

    name: ClassVar[str] = "user.pin_changed"


class UserCodeIssued(AccountEvent):
    """Staff read out a code at the desk."""

    name: ClassVar[str] = "user.code_issued"
    purpose: Literal["pin_reset", "sign_in"]
    expires_at: datetime


class UserViewed(AccountEvent):
    """Staff looked up somebody."""

    name: ClassVar[str] = "user.viewed"


class ProfileUpdated(AccountEvent):
    """Somebody changed the own profile; `fields` are the names of what changed."""

    name: ClassVar[str] = "profile.updated"
    user: AccountView
    fields: list[str]


class UserChanged(AccountEvent):
    """Staff changed an account; its open connections are checked again."""

    name: ClassVar[str] = "user.changed"
    user: AccountView
    fields: list[str]

    def rechecks(self) -> str:
        """Name the account."""
        return self.user_id


class UserBlocked(AccountEvent):
    """An account was blocked: its sessions end, its places in the lists go to others (R61)."""

    name: ClassVar[str] = "user.blocked"
    user: AccountView

    def rechecks(self) -> str:
        """Name the account."""
        return self.user_id


class UserUnblocked(AccountEvent):
    """A blocked account may sign in again."""

    name: ClassVar[str] = "user.unblocked"
    user: AccountView


class UserDeleted(AccountEvent):
    """A student deleted the own account (R62)."""

    name: ClassVar[str] = "user.deleted"

    def rechecks(self) -> str:
        """Name the account."""
        return self.user_id


class UserSuspensionLifted(AccountEvent):
    """Staff let somebody join the lists again; the missed turns of before count no more."""

    name: ClassVar[str] = "user.suspension_lifted"
    user: AccountView


class RosterChanged(Event):
    """Ids were put on the roster or taken off it; only how many."""

    name: ClassVar[str] = "roster.changed"
    rank: ClassVar[int] = 60
    added: int
    removed: int

    def subject(self) -> str:
        """Name the roster."""
        return "roster"


class GuardChanged(Event):
    """Guard mode began by itself (`auto` with a time), or an admin set it."""

    name: ClassVar[str] = "guard.changed"
    rank: ClassVar[int] = 60
    mode: Literal["auto", "on", "off"]
    active_until: datetime | None

    def subject(self) -> str:
        """Name the guard."""
        return "guard"


EVENTS: tuple[type[Event], ...] = (
    UserRegistered,
    UserCreated,
    UserSignedIn,
    UserLocked,
    UserUnlocked,
    UserPinReset,
    UserPinChanged,
    UserCodeIssued,
    UserViewed,
    ProfileUpdated,
    UserChanged,
    UserBlocked,
    UserUnblocked,
    UserDeleted,
    UserSuspensionLifted,
    RosterChanged,
    GuardChanged,
)
