"""Pages by keyset: nothing twice, nothing left out, whatever comes and goes meanwhile."""

import pytest
from sqlalchemy import select

from livefloor import Invalid, new_id
from livefloor.parts.notifications import Notification
from livefloor.store.paging import page
from livefloor.testing.world import World

NEWEST = (Notification.created_at.desc(), Notification.id.desc())
OLDEST = (Notification.created_at, Notification.id)


async def add(world: World, count: int) -> list[str]:
    """Write so many notifications at the same moment; return their ids."""
    ids = sorted(new_id() for _ in range(count))

    async def work(ctx) -> None:  # type: ignore[no-untyped-def]
        for id in ids:
            await ctx.add(
                Notification(
                    id=id, user_id="u", notification_type="x", title="", message="", link="", created_at=ctx.now
                )
            )

    await world.change(work)
    return ids


async def turn(world: World, order, cursor: str | None, limit: int = 3):  # type: ignore[no-untyped-def]
    """Return one page."""
    return await world.look(lambda look: page(look, select(Notification), order=order, cursor=cursor, limit=limit))


@pytest.mark.parametrize("order", [NEWEST, OLDEST])
async def test_pages_hold_each_row_once(world: World, order) -> None:  # type: ignore[no-untyped-def]
    ids = await add(world, 4)
    await world.advance(seconds=1)
    ids += await add(world, 4)
    seen, cursor = [], None
    for _ in range(3):
        found = await turn(world, order, cursor)
        seen += [row.id for row in found.rows]
        cursor = found.next_cursor
        assert found.total == 8
    assert cursor is None
    assert seen == (ids[::-1] if order is NEWEST else ids)


async def test_what_comes_meanwhile_moves_no_page(world: World) -> None:
    ids = await add(world, 5)
    first = await turn(world, NEWEST, None)
    await world.advance(seconds=1)
    await add(world, 5)
    second = await turn(world, NEWEST, first.next_cursor)
    assert [row.id for row in [*first.rows, *second.rows]] == ids[::-1]


@pytest.mark.parametrize(
    "cursor", ["x", "bnVsbA", "W10", "WzEsMl0", "WyIyMDI1LTAzLTAyIiwieCJd", "é", "W251bGwsbnVsbF0"]
)
async def test_a_cursor_of_ones_own_making_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(Invalid):
        await turn(world, NEWEST, cursor)
