"""Photos: what is taken, what is stored, who may see it, when it goes (5.5, R46)."""

import base64
import io
import os
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from livefloor import SYSTEM, Flow
from livefloor.kernel.problems import Invalid, TooLarge, Unsupported
from livefloor.parts.files import Photo, clean_picture, remove_strays
from livefloor.testing.world import World
from tests.systems.laundry.conftest import Person, Room, good, refused


def drawn(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **said: Any) -> bytes:
    """Return a picture."""
    written = io.BytesIO()
    Image.new(mode, size, 200 if mode in ("L", "P") else (200, 30, 30, 128)[: len(mode)]).save(written, kind, **said)
    return written.getvalue()


def tagged() -> bytes:
    """Return a JPEG that says where it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[1] = "N"
    return drawn(size=(80, 40), exif=exif, comment=b"SecretNote")


# -- cleaning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg(kind: str) -> None:
    cleaned = clean_picture(drawn(kind))
    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (64, 48))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_each_mode_becomes_colour(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (10, 10)).save(written, "PNG")
    with Image.open(io.BytesIO(clean_picture(written.getvalue()).content)) as picture:
        assert picture.mode == "RGB"


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr"])
def test_a_jpeg_of_another_colour_space_is_taken(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (10, 10)).save(written, "JPEG")
    assert clean_picture(written.getvalue()).width == 10


def test_the_longest_side_is_1600() -> None:
    cleaned = clean_picture(drawn(size=(3200, 2400)))
    assert (cleaned.width, cleaned.height) == (1600, 1200)


def test_no_metadata_is_left_and_the_picture_stands_upright() -> None:
    cleaned = clean_picture(tagged())
    assert (cleaned.width, cleaned.height) == (40, 80)
    assert b"Secret" not in cleaned.content
    assert b"Exif" not in cleaned.content
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", "SecretName")
    assert b"Secret" not in clean_picture(drawn("PNG", pnginfo=note)).content


@pytest.mark.parametrize(
    ("content", "code", "kind"),
    [
        (b"", "unsupported_photo", Unsupported),
        (b"hello", "unsupported_photo", Unsupported),
        (drawn("GIF", mode="L"), "unsupported_photo", Unsupported),
        (drawn("TIFF"), "unsupported_photo", Unsupported),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "unsupported_photo", Unsupported),
        (drawn("PNG")[:-30], "unreadable_photo", Invalid),
        (drawn(size=(400, 400))[:300], "unreadable_photo", Invalid),
        (drawn() + b"\0" * 5 * 1024 * 1024, "photo_too_large", TooLarge),
        (drawn("PNG", size=(6400, 6400), mode="1"), "photo_too_large", TooLarge),
    ],
    ids=["empty", "text", "gif", "tiff", "svg", "half a png", "half a jpeg", "5 MiB", "40 MP"],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as refusal:
        clean_picture(content)
    assert refusal.value.code == code  # type: ignore[attr-defined]


# -- reporting with a photo -------------------------------------------------------------------------------------------


def encoded(content: bytes) -> str:
    """Return base64."""
    return base64.b64encode(content).decode()


async def stored(world: World) -> list[Photo]:
    """Return the rows of photos."""
    return list(await world.look(lambda look: look.all(select(Photo).order_by(Photo.id))))


async def reported(room: Room, person: Person) -> dict[str, Any]:
    """Let somebody report a fault with a photo."""
    found: dict[str, Any] = good(await person.report(1, photo_data=encoded(tagged())), 201)
    return found


async def picture_at(person: Person, url: str) -> Any:
    """Return the answer of a photo's address."""
    return await person.client.get(url)


async def test_anonymous(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/api/v1/fault-photos/x")).status_code == 401


async def test_the_reporter_and_staff_see_it_and_nobody_else(room: Room) -> None:
    reporter, other, staff = await room.student(), await room.student(), await room.staff()
    url = (await reported(room, reporter))["photo_url"]
    refused(await picture_at(other, url), 404, "not_found")
    for person in (reporter, staff):
        answer = await picture_at(person, url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"].startswith("private")
        assert answer.headers["content-disposition"].startswith("inline")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert b"Secret" not in answer.content
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert picture.size == (40, 80)
    refused(await picture_at(staff, "/api/v1/fault-photos/0195aaaa"), 404, "not_found")
    items = (await other.get("faults/"))["items"]
    assert [item.get("photo_url") for item in items] == [None]
    [row] = await stored(room.world)
    assert (row.owner_id, row.purpose, row.mime, row.width, row.height) == (reporter.id, "fault", "image/jpeg", 40, 80)


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
async def test_as_base64_with_and_without_prefix(room: Room, prefix: str) -> None:
    person = await room.student()
    good(await person.report(1, photo_data=prefix + encoded(drawn("PNG"))), 201)
    assert len(await stored(room.world)) == 1


async def test_as_a_file_of_a_form(room: Room) -> None:
    person = await room.student()
    form = {"machine_type": "washer", "machine_id": "1", "description": "It is broken", "kind": "noise"}
    files = {"photo": ("drum.webp", drawn("WEBP"), "image/webp")}
    answer = await person.client.post("/api/v1/faults/report", data=form, files=files)
    assert answer.status_code == 201, answer.text
    assert answer.json()["kind"] == "noise"
    assert (await picture_at(person, answer.json()["photo_url"])).status_code == 200


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("not base64!", 422, "unreadable_photo"),
        (encoded(b"hello there"), 415, "unsupported_photo"),
        (encoded(drawn("PNG")[:-30]), 422, "unreadable_photo"),
        (encoded(b"\0" * (5 * 1024 * 1024 + 10)), 413, "photo_too_large"),
    ],
)
async def test_a_report_with_a_bad_photo_leaves_nothing_behind(room: Room, said: str, status: int, code: str) -> None:
    person = await room.student()
    refused(await person.report(1, photo_data=said), status, code)
    assert (await person.get("faults/"))["items"] == []
    assert await stored(room.world) == []


async def test_both_forms_at_once_are_refused(room: Room) -> None:
    person = await room.student()
    form = {"machine_type": "washer", "machine_id": "1", "description": "It is broken", "photo_data": encoded(drawn())}
    answer = await person.client.post(
        "/api/v1/faults/report", data=form, files={"photo": ("a.jpg", drawn(), "image/jpeg")}
    )
    refused(answer, 422, "unreadable_photo")


async def test_the_photo_of_a_moved_load_is_for_its_owner_the_mover_and_staff(room: Room) -> None:
    owner, mover, other = await room.students(3)
    await owner.start(1)
    await room.world.advance(minutes=41)
    cycle_id = (await owner.machine(1))["cycle_id"]
    said = {"cycle_id": cycle_id, "reason": "moved", "place": "Basket shelf", "photo_data": encoded(drawn())}
    good(await mover.ask("release", 1, **said))
    url = (await owner.get("cycles/"))["items"][0]["moved_photo_url"]
    assert [(await picture_at(person, url)).status_code for person in (owner, mover, await room.staff(), other)] == [
        200,
        200,
        200,
        404,
    ]


# -- going ------------------------------------------------------------------------------------------------------------


async def test_r46_a_photo_goes_ninety_days_after_its_report_was_closed(room: Room) -> None:
    reporter, staff = await room.student(), await room.staff()
    report = await reported(room, reporter)
    await room.world.advance(days=100)
    assert (await picture_at(staff, report["photo_url"])).status_code == 200
    good(
        await staff.do(
            "PATCH", f"faults/{report['id']}", {"status": "resolved", "note": "done", "version": report["version"]}
        )
    )
    await room.world.advance(days=89)
    assert len(await stored(room.world)) == 1
    await room.world.advance(days=2)
    assert await stored(room.world) == []
    assert list((room.world.data / "photos").glob("*/*")) == []
    refused(await picture_at(staff, report["photo_url"]), 404, "not_found")


async def test_a_file_without_a_row_goes_and_one_with_a_row_stays(room: Room) -> None:
    await reported(room, await room.student())
    folder = room.world.runtime.means.ports.files
    folder.put("0195aaaa-bbbb.jpg", b"stray")
    flow = Flow(room.world.runtime.executor, SYSTEM, room.now)
    for path in folder.folder.glob("*/*"):
        os.utime(path, (0, room.now.timestamp() - 3590))
    assert await remove_strays(flow) == 0  # it may still be on its way into a row
    for path in folder.folder.glob("*/*"):
        os.utime(path, (0, room.now.timestamp() - 3610))
    assert await remove_strays(flow) == 1
    assert folder.get("0195aaaa-bbbb.jpg") is None
    assert len(list((room.world.data / "photos").glob("*/*"))) == 1
