"""How people did: the figures of one person (5.4), and the table of all baristas (known issue 3)."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select

from livefloor import GET, Forbidden, Look, NotFound, Part, View
from livefloor.kernel.moments import Moment
from livefloor.systems.coffee.figures import Facts, range_of, read_facts, rounded
from livefloor.systems.coffee.localtime import event_zone
from livefloor.systems.coffee.models import Schedule, User
from livefloor.systems.coffee.rooms import LEADS, STAFF
from livefloor.systems.coffee.rules import figures as rules
from livefloor.systems.coffee.rules.schedules import is_late

PEOPLE = select(User.id, User.display_name).where(User.role == "barista").order_by(User.display_name, User.id)


class DrinkCount(View):
    """How many of a drink."""

    code: str
    n: int


class HourCount(View):
    """How many in an hour of the day, by the event's clock."""

    hour: int
    n: int


class ShiftFigures(View):
    """How the shifts went."""

    planned: int
    worked: int
    late: int
    no_show: int
    minutes_worked: int
    break_minutes: int


class Rank(View):
    """The place by cups an hour among those who were there for an hour."""

    of: int
    by_orders: int | None


class UserStats(View):
    """The figures of one person in a stretch."""

    user_id: str
    from_: datetime = Field(serialization_alias="from")
    to: datetime
    orders_completed: int
    orders_per_hour: float | None
    median_make_seconds: float | None
    p90_make_seconds: float | None
    remakes: int
    remake_rate: float | None
    on_time_rate: float | None
    rating_average: float | None
    rating_count: int
    by_drink: list[DrinkCount]
    by_hour: list[HourCount]
    shifts: ShiftFigures
    rank: Rank


class NamedStats(UserStats):
    """The figures of one person, with the name."""

    name: str


class Performance(View):
    """The figures of all baristas."""

    items: list[NamedStats]
    total: int
    next_cursor: None = None


performance = Part("performance")


@performance.query(GET("/api/users/{user_id}/stats"), allow=STAFF, heavy=True)
async def user_stats(
    look: Look, user_id: str, from_: Annotated[Moment, Field(alias="from")] = None, to: Moment = None
) -> UserStats:
    """Show the figures of one person; one's own, or anybody's for leads."""
    if user_id != look.actor.id and not look.actor.is_in(LEADS):
        raise Forbidden("forbidden", "These are somebody else's figures.")
    if await look.find(User, user_id) is None:
        raise NotFound()
    facts = await read_facts(look, await range_of(look, from_, to))
    return UserStats.model_validate(stats_of(facts, user_id, await ranks_of(look, facts), await event_zone(look)))


@performance.query(GET("/api/stats/performance"), allow=LEADS, heavy=True)
async def show_performance(
    look: Look,
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    station_id: int | None = None,
) -> Performance:
    """Show the figures of all baristas, of all stations or at one."""
    facts = await read_facts(look, await range_of(look, from_, to), station_id)
    found = await all_stats(look, facts)
    return Performance(items=found, total=len(found))


async def all_stats(look: Look, facts: Facts) -> list[NamedStats]:
    """Return the figures of every barista."""
    ranks, zone = await ranks_of(look, facts), await event_zone(look)
    return [
        NamedStats.model_validate({**stats_of(facts, id, ranks, zone), "name": name or ""})
        for id, name in await look.tuples(PEOPLE)
    ]


async def ranks_of(look: Look, facts: Facts) -> dict[str, int]:
    """Return the rank of each barista that has one."""
    paces: dict[str, tuple[float | None, float]] = {}
    for id, _ in await look.tuples(PEOPLE):
        seconds = facts.seconds_of(user_id=id)
        paces[id] = rules.per_hour(len(facts.made_by(id)), seconds), seconds / 3600
    return rules.ranks(paces)


def stats_of(facts: Facts, user_id: str, ranks: dict[str, int], zone: ZoneInfo) -> dict[str, Any]:
    """Return the figures of one person, as its view takes them."""
    made = facts.made_by(user_id)
    remakes = rules.remakes(facts.cups, facts.range.since, facts.range.until, user_id)
    makes = rules.told(cup.make for cup in made)
    rating, ratings = rules.rating(made)
    hours = [cup.completed_at.astimezone(zone).hour for cup in made if cup.completed_at is not None]
    return {
        "user_id": user_id,
        "from_": facts.range.since,
        "to": facts.range.until,
        "orders_completed": len(made),
        "orders_per_hour": rounded(rules.per_hour(len(made), facts.seconds_of(user_id=user_id)), 2),
        "median_make_seconds": rounded(rules.median(makes)),
        "p90_make_seconds": rounded(rules.percentile(makes, 0.9)),
        "remakes": len(remakes),
        "remake_rate": rounded(rules.share(len(remakes), len(made)), 4),
        "on_time_rate": rounded(rules.on_time_rate(made, facts.late_minutes), 4),
        "rating_average": rounded(rating, 2),
        "rating_count": ratings,
        "by_drink": [DrinkCount(code=code, n=n) for code, n in rules.counts(cup.drink for cup in made)],
        "by_hour": [HourCount(hour=hour, n=n) for hour, n in sorted(rules.counts(hours))],
        "shifts": _shifts(facts, [row for row in facts.shifts if row.user_id == user_id]),
        "rank": Rank(of=len(ranks), by_orders=ranks.get(user_id)),
    }


def _shifts(facts: Facts, rows: list[Schedule]) -> ShiftFigures:
    worked = [row for row in rows if row.checked_in_at is not None]
    breaks = sum(facts.break_seconds.get(row.id, 0) for row in worked)
    here = sum(
        ((row.checked_out_at or facts.now) - row.checked_in_at).total_seconds()
        for row in worked
        if row.checked_in_at is not None
    )
    return ShiftFigures(
        planned=len(rows),
        worked=len(worked),
        late=sum(is_late(row.late_minutes or 0) for row in worked),
        no_show=sum(row.status == "no_show" for row in rows),
        minutes_worked=round((here - breaks) / 60),
        break_minutes=round(breaks / 60),
    )
