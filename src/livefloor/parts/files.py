"""Pictures: taken, cleaned, stored, shown to those who may see them, deleted when their time is over.

A flow takes the picture first (`take_picture`: bytes on disk), then its command adds the row (`add_photo`: in the
transaction). A crash between leaves a file without a row, which `remove_strays` takes away.
"""

import base64
import binascii
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.declare.part import GET, Part
from livefloor.declare.roles import Roles
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import Invalid, NotFound, TooLarge, Unsupported
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.work.content import Picture, Upload
from livefloor.work.ctx import Ctx, Flow, Look

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 1600
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
STRAY_AFTER = timedelta(hours=1)
"""A file without a row may still be on its way into one for this long."""


class Photo(PlatformTables):
    """A stored picture."""

    __tablename__ = "photos"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(index=True)
    purpose: Mapped[str]
    storage_key: Mapped[str] = mapped_column(unique=True)
    mime: Mapped[str]
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime]
    delete_after: Mapped[datetime | None] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture as it is stored: JPEG, small enough, nothing but pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TakenPicture:
    """A picture whose bytes are stored and whose row is still to be added."""

    key: str
    size: int
    width: int
    height: int


def clean_picture(content: bytes) -> CleanPicture:
    """Return the picture encoded anew as JPEG, turned upright, at most 1600 px, without metadata.

    Raises TooLarge (photo_too_large), Unsupported (unsupported_photo) or Invalid (unreadable_photo).
    """
    if len(content) > MAX_BYTES:
        raise TooLarge("photo_too_large", "The photo is larger than 5 MiB.")
    kind = KINDS.get(_media_type(content))
    if kind is None:
        raise Unsupported("unsupported_photo", "The photo is no JPEG, PNG or WebP picture.")
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise TooLarge("photo_too_large", "The photo has more than 40 megapixels.")
            # JPEG is decoded at a fraction of its size where that is enough: a quarter of the time and memory.
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
            upright = ImageOps.exif_transpose(picture)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
            flat = upright.convert("RGB")
            flat.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
            pixels = Image.frombytes("RGB", flat.size, flat.tobytes())
    except Image.DecompressionBombError as error:
        raise TooLarge("photo_too_large", "The photo has more than 40 megapixels.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise Invalid("unreadable_photo", "The photo cannot be read.") from error
    written = io.BytesIO()
    pixels.save(written, "JPEG", quality=85, optimize=True)
    return CleanPicture(written.getvalue(), pixels.width, pixels.height)


def _media_type(content: bytes) -> str:
    try:
        return puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        return ""


async def take_picture(flow: Flow, photo_data: str | None, photo: Upload | None = None) -> TakenPicture | None:
    """Clean and store the picture of a request, given as base64 (with or without a data URL's prefix) or as a file.

    None when there is none. Raises as `clean_picture` does, and Invalid when both forms are given.
    """
    if not photo_data and photo is None:
        return None
    if photo_data and photo is not None:
        raise Invalid("unreadable_photo", "Send the photo once, as photo_data or as a file.")
    content = photo.content if photo is not None else await flow.offload(_decoded, photo_data or "")
    cleaned = await flow.offload(clean_picture, content)
    key = f"{new_id()}.jpg"
    await flow.offload(flow.ports.files.put, key, cleaned.content)
    return TakenPicture(key, len(cleaned.content), cleaned.width, cleaned.height)


def _decoded(data: str) -> bytes:
    encoded = data.split(",", 1)[1] if data.startswith("data:") and "," in data else data
    if len(encoded) * 3 // 4 > MAX_BYTES + 3:
        raise TooLarge("photo_too_large", "The photo is larger than 5 MiB.")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("unreadable_photo", "The photo is not valid base64.") from error


async def add_photo(
    ctx: Ctx, taken: TakenPicture, *, purpose: str, owner_id: str, delete_after: datetime | None = None
) -> Photo:
    """Add the row of a picture that was taken, in the transaction of what it belongs to."""
    return await ctx.add(
        Photo(
            owner_id=owner_id,
            purpose=purpose,
            storage_key=taken.key,
            mime="image/jpeg",
            bytes=taken.size,
            width=taken.width,
            height=taken.height,
            created_at=ctx.now,
            delete_after=delete_after,
        )
    )


DELETE_AFTER = (
    update(Photo).where(Photo.id == bindparam("of_id")).values(delete_after=bindparam("after", type_=UtcTime()))
)
OVERDUE = select(Photo).where(Photo.delete_after < bindparam("now", type_=UtcTime())).limit(500)
KNOWN = select(Photo.id).where(Photo.storage_key == bindparam("of_key"))


async def delete_photo_after(ctx: Ctx, photo_id: str, moment: datetime) -> None:
    """Set when a photo is deleted."""
    await ctx.run(DELETE_AFTER, of_id=photo_id, after=moment)


async def remove_old_photos(flow: Flow) -> int:
    """Delete the photos whose time is over, rows first; return how many."""
    removed = 0
    while rows := await flow.execute(_remove_rows):
        for key in rows:
            await flow.offload(flow.ports.files.delete, key)
        removed += len(rows)
    return removed


async def _remove_rows(ctx: Ctx) -> list[str]:
    rows = await ctx.all(OVERDUE, now=ctx.now)
    for row in rows:
        await ctx.delete(row)
    return [row.storage_key for row in rows]


async def remove_strays(flow: Flow) -> int:
    """Delete the files that no row names; return how many."""
    keys = await flow.offload(lambda: list(flow.ports.files.older_than(flow.now - STRAY_AFTER)))
    strays = await flow.look(_unknown, keys)
    for key in strays:
        await flow.offload(flow.ports.files.delete, key)
    return len(strays)


async def _unknown(look: Look, keys: Sequence[str]) -> list[str]:
    return [key for key in keys if await look.one(KNOWN, of_key=key) is None]


def photos(*, path: str, allow: Roles, may_see: Callable[[Look, Photo], Awaitable[bool]]) -> Part:
    """Return the part that shows photos at `path` (which ends in `{id}`) to those whom `may_see` admits; others get 404."""
    part = Part("photos")

    async def _visible(look: Look, id: str) -> Photo:
        found = await look.find(Photo, id)
        if found is None or not await may_see(look, found):
            raise NotFound()
        return found

    @part.flow(GET(path), allow=allow)
    async def get_photo(flow: Flow, id: str) -> Picture:
        """Show a photo."""
        found = await flow.look(_visible, id)
        content = await flow.offload(flow.ports.files.get, found.storage_key)
        if content is None:
            raise NotFound()
        headers = {
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Disposition": f'inline; filename="{found.id}.jpg"',
        }
        return Picture(content, found.mime, headers)

    return part
