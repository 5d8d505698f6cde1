"""The laundry: a shared room of washers and dryers, and the one truth about it (specs/laundry.yaml)."""

from livefloor import Actor, Limit, System, WebSocketJSON, __version__
from livefloor.parts import auth as signed_in
from livefloor.parts import notifications
from livefloor.parts import running as running_of
from livefloor.parts import webhooks as webhooks_of
from livefloor.parts.audit import audit
from livefloor.parts.debug import clock_part
from livefloor.parts.docs import docs_part
from livefloor.parts.health import health_part
from livefloor.parts.outbox import outbox
from livefloor.parts.running import running
from livefloor.parts.sync import sync_part
from livefloor.parts.webhooks import webhooks
from livefloor.systems.laundry import account_events, events
from livefloor.systems.laundry import feed as feed_of
from livefloor.systems.laundry import settings as settings_of
from livefloor.systems.laundry import upkeep as upkeep_of
from livefloor.systems.laundry.accounts import accounts
from livefloor.systems.laundry.catalogue import catalogue
from livefloor.systems.laundry.config import LaundrySettings, secrets_of
from livefloor.systems.laundry.cycles import cycles
from livefloor.systems.laundry.events import ADMIN, CHANNELS, CREW, EVERYONE
from livefloor.systems.laundry.faults import faults
from livefloor.systems.laundry.feed import ActivityLine, feed
from livefloor.systems.laundry.figures import figures
from livefloor.systems.laundry.first import first_data
from livefloor.systems.laundry.machines import machines
from livefloor.systems.laundry.meta import meta
from livefloor.systems.laundry.models import Tables, User
from livefloor.systems.laundry.notices import inbox, notices
from livefloor.systems.laundry.people import people
from livefloor.systems.laundry.pictures import pictures
from livefloor.systems.laundry.profile import profile
from livefloor.systems.laundry.settings import room_timezone, settings
from livefloor.systems.laundry.showing import DEMO
from livefloor.systems.laundry.signin import create_admin, set_password, signin
from livefloor.systems.laundry.upkeep import upkeep
from livefloor.systems.laundry.waitlist import waitlist


def home(actor: Actor) -> list[str]:
    """Return the channels that a connection is put on; staff hear of faults with reporters and notes."""
    faults = "staff" if actor.is_in(CREW) else "faults"
    return ["machines", "waitlist:washer", "waitlist:dryer", "activities", faults, f"user:{actor.id}"]


system = System(
    name="laundry",
    title="Laundry",
    description="A shared laundry room: who is in which machine until when, whose turn it is, what is broken.",
    translations={"de": "Ein gemeinsamer Waschraum: wer bis wann welche Maschine hat, wer dran ist, was kaputt ist."},
    picture="laundry.png",
    port=8000,
    version=__version__,
    settings=LaundrySettings,
    secrets=secrets_of,
    tables=Tables,
    user=User,
    roles=EVERYONE,
    limits=[Limit("requests", 120, 60), Limit("machine_actions", 10, 60)],
    channels=CHANNELS,
    home=home,
    frames=[*events.FRAMES, ActivityLine, notifications.NotificationReceived],
    events=[
        *events.EVENTS,
        *account_events.EVENTS,
        *signed_in.EVENTS,
        *notifications.EVENTS,
        *feed_of.EVENTS,
        *settings_of.EVENTS,
        *upkeep_of.EVENTS,
        *webhooks_of.EVENTS,
        *running_of.EVENTS,
    ],
    parts=[
        health_part("/api/health", metrics="/api/metrics", see=ADMIN),
        docs_part("/api"),
        meta,
        sync_part("/api/v1/events", allow=EVERYONE),
        clock_part("/api/v1/debug/clock", allow=ADMIN),
        signed_in.auth("/api/v1/auth", EVERYONE),
        signin,
        machines,
        cycles,
        waitlist,
        faults,
        pictures,
        feed,
        profile,
        accounts,
        inbox,
        notices,
        people,
        catalogue,
        settings,
        audit(path="/api/v1/admin/audit", allow=ADMIN),
        webhooks(path="/api/v1/admin/webhooks", allow=ADMIN),
        running(path="/api/v1/admin/running", allow=ADMIN),
        figures,
        upkeep,
        outbox,
    ],
    wires=[WebSocketJSON("/api/ws")],
    migrations="livefloor.systems.laundry.migrations",
    timezone=room_timezone,
    first=first_data,
    demo=DEMO,
    create_admin=create_admin,
    set_password=set_password,
)
