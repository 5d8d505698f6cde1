"""The coffee service of an event: several carts, one crew, hundreds of guests at once (specs/coffee.yaml)."""

from datetime import timedelta

from livefloor import Limit, Manners, SessionTerms, System, __version__
from livefloor.parts import auth as signed_in
from livefloor.parts import running as running_of
from livefloor.parts import webhooks as webhooks_of
from livefloor.parts.audit import audit
from livefloor.parts.docs import docs_part
from livefloor.parts.health import health_part
from livefloor.parts.running import running
from livefloor.parts.webhooks import webhooks
from livefloor.systems.coffee import (
    accounts,
    alerts,
    attendance,
    boards,
    chat,
    closing,
    conversing,
    cups,
    displays,
    editing,
    export,
    forgetting,
    group_orders,
    group_views,
    groups,
    inbox,
    inventory,
    listening,
    live,
    making,
    message_views,
    moving,
    offline,
    operations,
    order_views,
    orders,
    performance,
    public_menu,
    public_orders,
    releasing,
    rescuing,
    restock,
    rollups,
    run_out,
    sending,
    shift_events,
    shifts,
    sms_settings,
    stats,
    stock_items,
    stock_overview,
    stock_sync,
    stock_views,
    sync,
    tablets,
    telling,
    waiting,
)
from livefloor.systems.coffee import availability as availability_of
from livefloor.systems.coffee import milks as milks_of
from livefloor.systems.coffee import occasions as occasions_of
from livefloor.systems.coffee import settings as settings_of
from livefloor.systems.coffee import stations as stations_of
from livefloor.systems.coffee.availability import availability
from livefloor.systems.coffee.bearers import BEARERS
from livefloor.systems.coffee.config import CoffeeSettings, secrets_of
from livefloor.systems.coffee.demo import DEMO
from livefloor.systems.coffee.first import first_data
from livefloor.systems.coffee.menu import menu
from livefloor.systems.coffee.milks import milks
from livefloor.systems.coffee.models import Tables, User
from livefloor.systems.coffee.occasions import event_timezone, occasions
from livefloor.systems.coffee.offers import offers
from livefloor.systems.coffee.rooms import ADMIN, CHANNELS, EVERYONE, LEADS, home
from livefloor.systems.coffee.settings import settings
from livefloor.systems.coffee.signin import signin
from livefloor.systems.coffee.stations import stations
from livefloor.systems.coffee.users import users
from livefloor.systems.coffee.words import WORDS

MANNERS = Manners(
    codes={
        "validation_error": "validation_failed",
        "not_authenticated": "not_signed_in",
        "session_revoked": "not_signed_in",
        "invalid_refresh_token": "refresh_invalid",
        "body_too_large": "too_large",
        "idempotency_key_reused": "idempotency_mismatch",
        "request_in_progress": "in_progress",
    },
    seq_header="X-Event-Seq",
    headers={
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
    },
    most_bytes=256 * 1024,
    keys_kept=timedelta(hours=48),
)
LIMITS = (
    Limit("requests", 300, 60),
    Limit("writes", 120, 60),
    Limit("public", 60, 60, by="address"),
    Limit("login", 10, 60, by="address"),
    Limit("public_orders", 10, 60, by="address", unless_known=True),
    Limit("code_checks", 10, 60, by="address", unless_known=True),
    Limit("pairing", 5, 60, by="address"),
    Limit("inbound_sms", 60, 1, by="all"),
    Limit("sms_reports", 240, 1, by="all"),
)
"""Rule 71."""

system = System(
    name="coffee",
    title="Expresso",
    description="The coffee of an event: which cart makes whose cup, what each still has, and when to come for it.",
    translations={
        "de": "Der Kaffee einer Veranstaltung: welcher Wagen wessen Becher macht, was noch da ist, wann er fertig ist."
    },
    port=5001,
    version=__version__,
    settings=CoffeeSettings,
    secrets=secrets_of,
    tables=Tables,
    user=User,
    roles=EVERYONE,
    bearers=BEARERS,
    session_terms=SessionTerms(timedelta(hours=12), timedelta(seconds=10), same_again=True),
    manners=MANNERS,
    limits=LIMITS,
    channels=CHANNELS,
    home=home,
    frames=[
        *live.FRAMES,
        *accounts.FRAMES,
        *occasions_of.FRAMES,
        *settings_of.FRAMES,
        *milks_of.FRAMES,
        *stations_of.FRAMES,
        *availability_of.FRAMES,
        *alerts.EVENTS,
        *order_views.EVENTS,
        *stock_views.EVENTS,
        *restock.EVENTS,
        *stock_sync.EVENTS,
        *shift_events.EVENTS,
        *chat.EVENTS,
        *displays.EVENTS,
        *public_orders.EVENTS,
        *message_views.EVENTS,
        *group_views.EVENTS,
        *rollups.FRAMES,
    ],
    events=[
        *signed_in.EVENTS,
        *accounts.EVENTS,
        *occasions_of.EVENTS,
        *settings_of.EVENTS,
        *milks_of.EVENTS,
        *stations_of.EVENTS,
        *availability_of.EVENTS,
        *alerts.EVENTS,
        *order_views.EVENTS,
        *stock_views.EVENTS,
        *restock.EVENTS,
        *stock_sync.EVENTS,
        *shift_events.EVENTS,
        *chat.EVENTS,
        *displays.EVENTS,
        *public_orders.EVENTS,
        *message_views.EVENTS,
        *group_views.EVENTS,
        *forgetting.EVENTS,
        *rollups.EVENTS,
        *export.EVENTS,
        *webhooks_of.EVENTS,
        *running_of.EVENTS,
    ],
    parts=[
        health_part("/api/health", metrics="/api/metrics", see=ADMIN),
        docs_part("/api"),
        signin,
        users,
        occasions,
        settings,
        milks,
        stations,
        menu,
        availability,
        offers,
        alerts.alerts,
        orders.orders,
        making.making,
        moving.moving,
        editing.editing,
        inventory.inventory,
        stock_items.stock_items,
        stock_sync.stock_sync,
        stock_overview.stock_overview,
        restock.restock,
        run_out.run_out,
        rescuing.rescuing,
        tablets.tablets,
        closing.closing,
        cups.cups,
        waiting.waiting,
        releasing.releasing,
        telling.telling,
        sending.sending,
        conversing.conversing,
        listening.listening,
        inbox.inbox,
        sms_settings.sms_settings,
        public_menu.public_menu,
        public_orders.public_orders,
        groups.groups,
        forgetting.forgetting,
        operations.operations,
        group_orders.group_orders,
        shifts.shifts,
        attendance.attendance,
        chat.chat,
        displays.displays,
        boards.boards,
        sync.sync,
        offline.offline,
        stats.stats,
        performance.performance,
        export.export,
        rollups.rollups,
        live.live,
        audit(path="/api/audit/", allow=LEADS),
        webhooks(path="/api/webhooks", allow=ADMIN),
        running(path="/api/running", allow=LEADS),
    ],
    wires=[live.WIRE],
    live=live.TERMS,
    migrations="livefloor.systems.coffee.migrations",
    timezone=event_timezone,
    first=first_data,
    demo=DEMO,
    create_admin=accounts.create_admin,
    set_password=accounts.set_password,
    words=WORDS,
    signing_key=("JWT_SECRET", "JWT_SECRET_PREVIOUS"),
)
