"""What the room has: its machines and its programmes, as admins keep them."""

import secrets
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy import func, select

from livefloor import DELETE, GET, PATCH, POST, PUT, Conflict, Ctx, Input, Invalid, Items, Look, Part, Stale, bindparam
from livefloor.systems.laundry.events import (
    ADMIN,
    CREW,
    CategoryChanged,
    MachineAdded,
    MachineChanged,
    MachineRetired,
)
from livefloor.systems.laundry.machines import (
    Seen,
    find_machine,
    keep,
    number_of,
    type_of,
    view_now,
    view_of,
)
from livefloor.systems.laundry.models import CycleCategory, Machine
from livefloor.systems.laundry.rules import MachineType, machine_name
from livefloor.systems.laundry.views import CategoryView, MachineNumber, MachineView
from livefloor.systems.laundry.waitlist import enter, leave_room

NUMBERED = select(Machine).where(
    Machine.machine_type == bindparam("machine_type"), Machine.machine_id == bindparam("number")
)
NUMBERS = select(Machine.machine_id).where(Machine.machine_type == bindparam("machine_type"))
CATEGORIES = select(CycleCategory).order_by(CycleCategory.machine_type, CycleCategory.sort, CycleCategory.code)
OTHERS_ON = select(func.count()).where(
    CycleCategory.machine_type == bindparam("machine_type"),
    CycleCategory.code != bindparam("but"),
    CycleCategory.enabled.is_(True),
)

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Location = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]


class NewMachine(Input):
    """A machine to put into the room; without a number it gets the next free one."""

    machine_type: MachineType
    machine_id: MachineNumber | None = None
    label: Label | None = None
    location: Location | None = None


class MachineEdit(Input):
    """What to change of a machine, and the version of what was read before."""

    version: int
    label: Label | None = None
    location: Location | None = None
    expected_back_at: datetime | None = None
    new_code: bool = False


class CategoryEdit(Input):
    """A programme as it shall be."""

    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    minutes: Annotated[int, Field(ge=1, le=240)]
    enabled: bool = True
    sort: Annotated[int, Field(ge=0, le=1000)] = 0


catalogue = Part("catalogue")


def new_code() -> str:
    """Return a new code to stand on a machine."""
    return f"{secrets.randbelow(10_000):04}"


@catalogue.command(POST("/api/v1/admin/machines", 201), allow=ADMIN, refuses=(409,))
async def add_machine(ctx: Ctx, body: NewMachine) -> MachineView:
    """Put a machine into the room; a retired number comes back with its history."""
    room = await enter(ctx, body.machine_type)
    number = body.machine_id
    if number is None:
        number = _free_number(await ctx.all(NUMBERS, machine_type=body.machine_type))
    machine = await ctx.one(NUMBERED, machine_type=body.machine_type, number=number)
    name = machine_name(body.machine_type, number)
    if machine is None:
        machine = Machine(
            machine_type=body.machine_type,
            machine_id=number,
            label=body.label or name,
            location=body.location or "",
            machine_code=new_code(),
        )
        await ctx.add(machine)
    elif machine.retired_at is None:
        raise Conflict("machine_exists", f"{name} is in the room already.")
    else:
        machine.retired_at = None
        machine.status, machine.enabled = "available", True
        machine.out_of_order_since = machine.out_of_order_reason = machine.expected_back_at = None
        machine.label = body.label or machine.label
        machine.location = machine.location if body.location is None else body.location
        await ctx.save(machine)
    found = await find_machine(ctx, body.machine_type, number)
    view = view_of(found, ctx.now)
    ctx.emit(MachineAdded(machine=view, by_user_id=ctx.actor.id))
    await leave_room(room)
    return await view_now(ctx, machine.id, view)


def _free_number(taken: list[int]) -> int:
    for number in range(1, 100):
        if number not in taken:
            return number
    raise Conflict("machine_exists", "All numbers of this type are taken.")


@catalogue.command(PATCH("/api/v1/admin/machines/{machine_type}/{machine_id}"), allow=ADMIN, refuses=(404, 412))
async def change_machine(ctx: Ctx, machine_type: str, machine_id: str, body: MachineEdit) -> MachineView:
    """Change the label, the place, the expected return or the code of a machine."""
    room = await enter(ctx, type_of(machine_type))
    found = await find_machine(ctx, room.machine_type, number_of(machine_id))
    machine = found.machine
    if machine.version != body.version:
        raise Stale("stale_version", "The machine was changed meanwhile.", version=machine.version)
    fields = sorted(body.model_fields_set - {"version"})
    if not fields:
        raise Invalid("validation_error", "Say what to change.")
    if body.label is not None:
        machine.label = body.label
    if body.location is not None:
        machine.location = body.location
    if "expected_back_at" in fields:
        _set_expected_back(found, body.expected_back_at)
    if body.new_code:
        machine.machine_code = new_code()
    machine.updated_at = ctx.now
    view = await keep(ctx, found)
    ctx.emit(MachineChanged(machine=view, by_user_id=ctx.actor.id or "", fields=fields))
    return view


def _set_expected_back(found: Seen, moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise Invalid.field("expected_back_at", "a time needs its zone")
    if moment is not None and found.machine.status != "disabled":
        raise Invalid.field("expected_back_at", "the machine is not out of order")
    found.machine.expected_back_at = moment


@catalogue.command(DELETE("/api/v1/admin/machines/{machine_type}/{machine_id}"), allow=ADMIN, refuses=(404, 409))
async def retire_machine(ctx: Ctx, machine_type: str, machine_id: str) -> None:
    """Take a machine out of the room; its history stays."""
    room = await enter(ctx, type_of(machine_type))
    found = await find_machine(ctx, room.machine_type, number_of(machine_id))
    machine = found.machine
    if machine.laundry_inside or machine.hold_user_id is not None:
        raise Conflict("machine_busy", f"{found.name} is in use or kept for somebody.")
    machine.retired_at = ctx.now
    view = await keep(ctx, found)
    ctx.emit(MachineRetired(machine=view, by_user_id=ctx.actor.id or ""))


@catalogue.query(GET("/api/v1/admin/categories"), allow=CREW)
async def list_categories(look: Look) -> Items[CategoryView]:
    """List the programmes of both types."""
    rows = await look.all(CATEGORIES)
    items = [CategoryView.model_validate(row) for row in rows]
    return Items[CategoryView](items=items, next_cursor=None, total=len(items))


@catalogue.command(PUT("/api/v1/admin/categories/{machine_type}/{code}"), allow=ADMIN, refuses=(404, 409))
async def set_category(
    ctx: Ctx, machine_type: str, code: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,20}$")], body: CategoryEdit
) -> CategoryView:
    """Add or change a programme; loads that run keep their time."""
    room = await enter(ctx, type_of(machine_type))
    row = await ctx.find(CycleCategory, room.machine_type, code)
    if not body.enabled:
        if code == "normal":
            raise Conflict("normal_required", "The normal programme cannot be switched off.")
        if await ctx.one(OTHERS_ON, machine_type=room.machine_type, but=code) == 0:
            raise Conflict("last_category", "This is the last programme of the type.")
    if row is None:
        row = CycleCategory(machine_type=room.machine_type, code=code, **body.model_dump())
        await ctx.add(row)
    else:
        row.label, row.minutes, row.enabled, row.sort = body.label, body.minutes, body.enabled, body.sort
        row.updated_at = ctx.now
        await ctx.save(row)
    view = CategoryView.model_validate(row)
    ctx.emit(CategoryChanged(category=view, by_user_id=ctx.actor.id))
    return view
