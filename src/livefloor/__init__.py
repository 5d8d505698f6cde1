"""livefloor: the live back office of places where people work together. This face is all that a system imports."""

from sqlalchemy import bindparam

from livefloor.declare.channel import Address, Channel
from livefloor.declare.event import Event, Frame, Input, Recorded, Told, View
from livefloor.declare.part import DELETE, GET, PATCH, POST, PUT, Part, Stored
from livefloor.declare.roles import PUBLIC, SYSTEM, Actor, Role, Roles
from livefloor.declare.system import SSE, BusyTime, Demo, DemoAccount, Limit, Pusher, SocketIO, System, WebSocketJSON
from livefloor.identity import codes, lockout, sessions
from livefloor.identity.addresses import is_loopback, is_within, prefix_of
from livefloor.identity.secrets import PEPPERED, check_password, check_pin, hash_password, hash_pin, is_dated
from livefloor.identity.sessions import SessionRevoked
from livefloor.kernel.ids import digest, new_id, new_secret
from livefloor.kernel.problems import (
    BadRequest,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotAuthenticated,
    NotFound,
    Problem,
    Stale,
    TooLarge,
    TooMany,
    Unavailable,
    Unsupported,
)
from livefloor.kernel.settings import SettingError, Settings, Words, kept_secret
from livefloor.store.engines import UniqueViolation
from livefloor.store.log import LoggedEvent
from livefloor.store.models import NAMING, Account, Json, PlatformTables, Resource, Rows, UtcTime
from livefloor.store.paging import Cursor, Items, Paged, PageLimit, page
from livefloor.store.timers import LAST_TICK, DueTimer, Heartbeat
from livefloor.work.content import Csv, Document, Html, Picture, Raw, Upload
from livefloor.work.ctx import Ctx, Flow, Look

__version__ = "0.1.0"

__all__ = [
    "DELETE",
    "GET",
    "LAST_TICK",
    "NAMING",
    "PATCH",
    "PEPPERED",
    "POST",
    "PUBLIC",
    "PUT",
    "SSE",
    "SYSTEM",
    "Account",
    "Actor",
    "Address",
    "BadRequest",
    "BusyTime",
    "Channel",
    "Conflict",
    "Csv",
    "Ctx",
    "Cursor",
    "Demo",
    "DemoAccount",
    "Document",
    "DueTimer",
    "Event",
    "Flow",
    "Forbidden",
    "Frame",
    "Gone",
    "Heartbeat",
    "Html",
    "Input",
    "Invalid",
    "Items",
    "Json",
    "Limit",
    "LoggedEvent",
    "Look",
    "NotAuthenticated",
    "NotFound",
    "PageLimit",
    "Paged",
    "Part",
    "Picture",
    "PlatformTables",
    "Problem",
    "Pusher",
    "Raw",
    "Recorded",
    "Resource",
    "Role",
    "Roles",
    "Rows",
    "SessionRevoked",
    "SettingError",
    "Settings",
    "SocketIO",
    "Stale",
    "Stored",
    "System",
    "Told",
    "TooLarge",
    "TooMany",
    "Unavailable",
    "UniqueViolation",
    "Unsupported",
    "Upload",
    "UtcTime",
    "View",
    "WebSocketJSON",
    "Words",
    "bindparam",
    "check_password",
    "check_pin",
    "codes",
    "digest",
    "hash_password",
    "hash_pin",
    "is_dated",
    "is_loopback",
    "is_within",
    "kept_secret",
    "lockout",
    "new_id",
    "new_secret",
    "page",
    "prefix_of",
    "sessions",
]
