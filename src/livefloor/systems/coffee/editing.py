"""Changing a cup before it is begun: what is in it, whose it is, how soon it is made; and its label (rules 17, 21, 22)."""

from html import escape
from typing import Annotated, Any, Literal

from pydantic import Field

from livefloor import GET, POST, PUT, Conflict, Ctx, Forbidden, Html, Input, Look, NotFound, Part, Raw, View
from livefloor.systems.coffee.cups import (
    CUPS_OF_TICKET,
    UNPROMISED,
    Held,
    check_version,
    emit_updated,
    held,
    is_promised,
    needs_of,
)
from livefloor.systems.coffee.floor import read_floor
from livefloor.systems.coffee.making import Version
from livefloor.systems.coffee.models import Order, Ticket
from livefloor.systems.coffee.order_views import ONE_SHOWN, MilkView, OrderView, shown, view_of
from livefloor.systems.coffee.recipes import Planned, Wanted, read_menu
from livefloor.systems.coffee.rooms import BARISTA, FRONT, STAFF
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules.phones import e164
from livefloor.systems.coffee.shelves import Shelves, read_shelves
from livefloor.systems.coffee.staffing import check_own_station
from livefloor.systems.coffee.waiting import tell_soon, watch_lateness
from livefloor.systems.coffee.wishes import Allergen, Code, GuestName, Notes, Size

IN_CUP = {"menu_item", "size", "milk", "options"}


class Edit(Input):
    """What to change of a cup; `milk` null takes the milk out."""

    version: Version = None
    menu_item: Code | None = None
    size: Size | None = None
    milk: Code | None = None
    options: Annotated[dict[Code, Annotated[int, Field(ge=0, le=5)]], Field(max_length=20)] | None = None
    notes: Notes | None = None
    allergies: Annotated[list[Allergen], Field(max_length=9)] | None = None
    customer_name: GuestName | None = None
    phone: Annotated[str | None, Field(max_length=40)] = None


class Raise(Input):
    """How soon a cup is made."""

    version: Version = None
    priority: Literal["normal", "vip"]


class Label(View):
    """What stands on a cup."""

    number: str
    name: str
    drink: str
    drink_name: str
    size: str
    milk: MilkView | None
    options: dict[str, int]
    allergies: list[str]
    notes: str
    priority: str
    station_name: str | None


class Zpl(Raw):
    """A label as a Zebra printer reads it."""

    documented = "application/zpl"


editing = Part("editing")


async def edit(ctx: Ctx, cup: Held, body: Edit) -> OrderView:
    """Change a cup that nobody has begun; its stock is exchanged at once or nothing is changed (rule 17).

    Raises Conflict order_started, out_of_stock (missing), milk_required, Invalid allergen_conflict, Stale.
    """
    steps.check_editable(cup.cup)
    await check_version(ctx, cup.order, body.version)
    order, given = cup.order, body.model_fields_set
    if given & (IN_CUP | {"allergies", "notes"}):
        await _change_cup(ctx, order, body)
    renamed = await _change_ticket(ctx, cup.ticket, body)
    await ctx.save(order)
    if renamed:
        for other in await ctx.all(CUPS_OF_TICKET, ticket_id=cup.ticket.id):
            if other.id != order.id:
                await emit_updated(ctx, other, other.status, "edited")
    if order.status == "pending":
        await watch_lateness(ctx, order, cup.ticket, await read_floor(ctx))
    await tell_soon(ctx, order.station_id)
    return await emit_updated(ctx, order, order.status, "edited")


async def _change_cup(ctx: Ctx, order: Order, body: Edit) -> None:
    menu = await read_menu(ctx)
    before = menu.planned(order)
    wanted = Wanted(
        body.menu_item or before.drink.code,
        body.size or before.size,
        body.milk if "milk" in body.model_fields_set else before.milk.code if before.milk else None,
        body.options if body.options is not None else before.options,
        body.notes if body.notes is not None else before.notes,
        tuple(body.allergies) if body.allergies is not None else tuple(before.allergies),
    )
    after = menu.plan(wanted)
    order.notes, order.allergies = after.notes, after.allergies
    if not body.model_fields_set & IN_CUP:
        return
    floor = await read_floor(ctx)
    station = floor.stations.get(order.station_id or 0)
    if station is not None:
        if not floor.can_serve(station.id, menu, [after]):
            raise Conflict("station_unavailable", "This station does not make it.", reason="not_served")
        await _exchange(ctx, order, after, await read_shelves(ctx, station, menu))
    order.menu_item_id, order.size, order.options = after.drink.id, after.size, after.options
    order.milk_id = after.milk.id if after.milk else None
    order.prep_seconds, order.recipe = after.base_work, after.frozen()
    if order.attention in UNPROMISED:
        order.attention = None


async def _exchange(ctx: Ctx, order: Order, after: Planned, shelves: Shelves) -> None:
    """Free what a cup was promised and promise what it takes now."""
    if is_promised(order):
        await shelves.release(ctx, needs_of(order))
    if missing := shelves.missing(after.needs):
        raise shelves.out_of_stock(missing)
    await shelves.promise(ctx, after.needs)
    await shelves.finish(ctx)


async def _change_ticket(ctx: Ctx, ticket: Ticket, body: Edit) -> bool:
    """Change name and number of a guest; tell whether anything was new."""
    before = (ticket.customer_name, ticket.phone)
    if body.customer_name is not None:
        ticket.customer_name = body.customer_name
    if "phone" in body.model_fields_set:
        country = (await read_floor(ctx)).settings.default_country
        ticket.phone = e164(body.phone, country) if body.phone and body.phone.strip() else None
    await ctx.save(ticket)
    return before != (ticket.customer_name, ticket.phone)


@editing.command(PUT("/api/orders/{order_id}"), allow=FRONT | BARISTA, refuses=(403, 409, 412))
async def edit_order(ctx: Ctx, order_id: str, body: Edit) -> OrderView:
    """Change a cup that nobody has begun."""
    cup = await held(ctx, order_id)
    await check_own_station(ctx, cup.order.station_id)
    return await edit(ctx, cup, body)


@editing.command(POST("/api/orders/{order_id}/priority"), allow=FRONT | BARISTA, refuses=(403, 409, 412))
async def set_order_priority(ctx: Ctx, order_id: str, body: Raise) -> OrderView:
    """Let a cup be made with the VIPs, or no longer; a remake goes before them anyway."""
    cup, floor = await held(ctx, order_id), await read_floor(ctx)
    if ctx.actor.is_in(BARISTA) and not floor.settings.vip_by_barista:
        raise Forbidden("forbidden", "Baristas do not mark VIPs at this event.")
    steps.check_editable(cup.cup)
    await check_version(ctx, cup.order, body.version)
    if cup.order.priority in (body.priority, "remake"):
        return await shown(ctx, order_id, floor, unchanged=True)
    cup.order.priority = body.priority
    await ctx.save(cup.order)
    await tell_soon(ctx, cup.order.station_id)
    return await emit_updated(ctx, cup.order, cup.order.status, "priority")


# -- the label --------------------------------------------------------------------------------------------------------


def _options(label: Label) -> str:
    return ", ".join(code if count == 1 else f"{count} {code}" for code, count in sorted(label.options.items()))


def _html(label: Label) -> str:
    """Return the label as a page: colour, letter and pattern together, and allergies as a bar (rules 21, 22)."""
    milk, bar = "", ""
    if label.milk is not None:
        style = f"background:{escape(label.milk.color)};color:{escape(label.milk.text_color)}"
        kind = escape(label.milk.pattern)
        milk = f'<p class="milk {kind}" style="{style}"><b>{escape(label.milk.letter)}</b> {kind}</p>'
    if label.allergies:
        bar = f'<p class="allergies">ALLERGY: {escape(", ".join(label.allergies).upper())}</p>'
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(label.number)}</title>'
        f"<h1>{escape(label.number)}</h1><p>{escape(label.name)}</p>{bar}"
        f"<p>{escape(label.size)} {escape(label.drink_name)}</p>{milk}"
        f"<p>{escape(_options(label))}</p><p>{escape(label.notes)}</p></html>"
    )


def _zpl(label: Label) -> str:
    """Return the label for a Zebra printer; what would be a command there is left out."""

    def field(at: int, size: int, text: str) -> str:
        kept = "".join(character for character in text if character not in "^~\\")
        return f"^FO20,{at}^A0N,{size},{size}^FD{kept}^FS"

    milk = f"{label.milk.letter} / {label.milk.pattern}" if label.milk else "-"
    lines = [field(20, 60, label.number), field(90, 40, label.name), field(140, 40, f"{label.size} {label.drink}")]
    lines += [field(190, 50, milk), field(250, 28, _options(label)), field(285, 28, label.notes)]
    if label.allergies:
        lines.append(f"^FO0,320^GB600,60,60^FS^FR{field(330, 40, 'ALLERGY ' + ', '.join(label.allergies))}")
    return f"^XA^CI28{''.join(lines)}^XZ"


@editing.query(GET("/api/orders/{order_id}/label"), allow=STAFF)
async def show_label(look: Look, order_id: str, format: Literal["html", "zpl", "json"] = "html") -> Label | Html | Zpl:
    """Show the label of a cup: as a page to print, for a label printer, or as data."""
    row: Any = await look.one(ONE_SHOWN, order_id=order_id)
    if row is None:
        raise NotFound("not_found", "There is no such cup.")
    view = view_of(row, await read_floor(look), look.now)
    label = Label(**{**view.model_dump(), "name": view.customer_name, "drink": view.menu_item})
    if format == "json":
        return label
    if format == "zpl":
        return Zpl(_zpl(label).encode(), "application/zpl")
    return Html(_html(label).encode(), "text/html; charset=utf-8")
