"""The first data of an empty database: the catalogue, and an admin when the environment names one."""

from sqlalchemy import func, select

from livefloor import Ctx, Invalid, SettingError, hash_password
from livefloor.systems.coffee.accounts import keep_admin, refuse_weak_password
from livefloor.systems.coffee.catalogue import fill_catalogue
from livefloor.systems.coffee.demo import refuse_demo
from livefloor.systems.coffee.models import User

COUNT_USERS = select(func.count()).select_from(User)


async def first_data(ctx: Ctx) -> None:
    """Put in the catalogue; ADMIN_USERNAME and ADMIN_PASSWORD make an admin, once. Refuses demo data in production.

    Raises SettingError.
    """
    await refuse_demo(ctx)
    await fill_catalogue(ctx)
    username, password = ctx.settings.admin_username, ctx.settings.admin_password
    there_are = await ctx.one(COUNT_USERS)
    if there_are or not (username and password):
        return
    try:
        refuse_weak_password(password, username)
    except Invalid as weak:
        raise SettingError(f"ADMIN_PASSWORD: {weak.detail}") from weak
    await keep_admin(ctx, username, hash_password(password), username)
