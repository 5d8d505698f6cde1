"""The ground that everything stands on: tables, first data, the fixture itself."""

from sqlalchemy import select

from livefloor.store import migrate
from livefloor.systems.coffee.models import MenuItem, MenuVariant, RecipeLine
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, good


async def test_tables_and_first_data(cafe: Cafe, world: World) -> None:
    """The migrations make what the models say; the catalogue is there; rule 28: 18 g of beans, 27 g in a large cup."""
    own = world.runtime.chains()[-1:]
    found = await world.runtime.migrated(lambda connection: migrate.drift(connection, own))
    # Seen alone, it knows nothing of the platform's tables.
    assert [line for line in found if not line.startswith(("('remove_table'", "('remove_index'"))] == []
    statement = (
        select(MenuItem.code, MenuVariant.size, RecipeLine.quantity)
        .join(MenuVariant, MenuVariant.menu_item_id == MenuItem.id)
        .join(RecipeLine, RecipeLine.variant_id == MenuVariant.id)
        .where(RecipeLine.role == "beans")
    )
    beans = await world.look(lambda look: look.tuples(statement))
    assert len(beans) == 3 + 3 * 5 + 2
    assert all(grams == (27 if size == "large" else 18) for _, size, grams in beans)
    assert (await cafe.stock(1, "milk_oat")).quantity == 12000
    health = good(await (await cafe.client()).get("/api/health"))
    assert health["status"] == "ok"
