"""Who may see which photo: its taker and staff, and for a moved load its owner."""

from sqlalchemy import select

from livefloor import Look, bindparam
from livefloor.parts.files import Photo, photos
from livefloor.systems.laundry.events import CREW, EVERYONE
from livefloor.systems.laundry.models import Cycle

LOAD_OF = select(Cycle.user_id).where(Cycle.moved_photo_id == bindparam("of_photo"))


async def may_see(look: Look, photo: Photo) -> bool:
    """Tell whether the caller may see a photo."""
    if look.actor.is_in(CREW) or photo.owner_id == look.actor.id:
        return True
    return photo.purpose == "moved" and await look.one(LOAD_OF, of_photo=photo.id) == look.actor.id


pictures = photos(path="/api/v1/fault-photos/{id}", allow=EVERYONE, may_see=may_see)
