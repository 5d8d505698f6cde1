"""A set-up that is broken in one of many ways: doctor names the fault, and nothing where there is none."""

import asyncio
import json
import shutil
import sqlite3
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from livefloor import Settings, System, cli
from livefloor.kernel.settings import read_settings
from livefloor.operate.doctor import examine
from livefloor.operate.patient import Patient
from livefloor.ports.push import push_port
from livefloor.serve import Runtime
from livefloor.store import moved
from livefloor.store.models import UtcTime
from livefloor.systems.laundry import system as laundry
from livefloor.testing.server import free_port, served
from livefloor.testing.world import START, World
from tests.outside import certified
from tests.platform.shop import system as shop

PRODUCTION = {
    "ENV": "production",
    "SECRET_KEY": "nWf3Qx8vRk2Lm9Tz5Yb7Hc4Jd6Gs1Pa0Ue",
    "VAPID_SUBJECT": "mailto:a@shop.example",
}


@dataclass
class Ward:
    """A sound shop in a folder of its own, which a case breaks."""

    folder: Path
    stack: AsyncExitStack
    environ: dict[str, str] = field(default_factory=dict)
    system: System = shop
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """Return the SQLite file."""
        return self.data / "shop.db"

    def sql(self, statement: str) -> None:
        """Change something in the database."""
        with sqlite3.connect(self.database) as file:
            file.execute(statement)

    def proc(self, path: str, text: str) -> None:
        """Let the kernel say something."""
        (self.folder / "proc" / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / "proc" / path).write_text(text)

    async def serve_tls(self, lasts: timedelta) -> Path:
        """Let something answer over TLS with a certificate of its own for so long; return the certificate's file."""
        file = self.folder / "tls.pem"
        context = certified(file, lasts + timedelta(hours=1))
        port = await self.serve(lambda head: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", context)
        self.more["url"] = f"https://localhost:{port}"
        self.environ["TRUSTED_PROXIES"] = "127.0.0.1"
        return file

    async def serve(self, answer: Callable[[bytes], bytes], context: ssl.SSLContext | None = None) -> int:
        """Let something that is no livefloor answer on a port; return the port."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                writer.close()
                return
            writer.write(answer(head))
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
        await self.stack.enter_async_context(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def patient(self) -> Patient:
        """Return what doctor looks at."""
        given = {"data": self.data} | self.more.pop("given", {})
        settings = read_settings(self.system.settings, self.system.name, self.environ, alone=True, **given)
        options = {"port": free_port(), "proc": self.folder / "proc", "least_files": 1, "least_free_mb": 0} | self.more
        return Patient(Runtime(self.system, settings), **options)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a shop's database."""
    folder = tmp_path_factory.mktemp("made")
    runtime = Runtime(shop, read_settings(shop.settings, "shop", {}, alone=True, data=folder))
    asyncio.run(runtime.migrated())
    return runtime.database


@pytest.fixture
def ward(tmp_path: Path, made: Path) -> Ward:
    """Give a sound shop."""
    (tmp_path / "data").mkdir()
    shutil.copy(made, tmp_path / "data" / "shop.db")
    return Ward(tmp_path, AsyncExitStack())


# -- broken set-ups ---------------------------------------------------------------------------------------------------

CASES: list[tuple[str, Callable[[Ward], Any]]] = []


def case(name: str) -> Callable[[Callable[[Ward], Any]], Callable[[Ward], Any]]:
    """List a way of breaking a set-up, and the name of the fault."""

    def add(breaks: Callable[[Ward], Any]) -> Callable[[Ward], Any]:
        CASES.append((name, breaks))
        return breaks

    return add


@case("data_folder")
def data_is_no_folder(ward: Ward) -> None:
    (ward.folder / "file").touch()
    ward.more["given"] = {"data": ward.folder / "file"}


@case("disk_full")
def disk_is_full(ward: Ward) -> None:
    ward.more["least_free_mb"] = 10**12


@case("network_disk")
def sqlite_is_on_nfs(ward: Ward) -> None:
    ward.proc("mounts", f"/dev/sda1 / ext4 rw 0 0\nfiler:/export {ward.folder} nfs4 rw,vers=4.2 0 0\n")


@case("fleeting_disk")
def the_data_is_in_a_containers_layer(ward: Ward) -> None:
    ward.environ |= PRODUCTION
    ward.proc("mounts", "overlay / overlay rw,lowerdir=/var/lib/docker/l 0 0\n")


@case("other_account")
def root_made_the_database(ward: Ward) -> None:
    ward.more["account"] = ward.database.stat().st_uid + 1


@case("open_secrets")
def secrets_are_open(ward: Ward) -> None:
    secret = ward.data / "secrets" / "secret_key"
    secret.parent.mkdir()
    secret.write_text("x" * 64)
    secret.chmod(0o644)


@case("wrong_setting")
def the_secret_is_a_sample(ward: Ward) -> None:
    ward.environ |= {**PRODUCTION, "SECRET_KEY": "changeme"}


@case("wrong_setting")
def redis_is_no_address(ward: Ward) -> None:
    ward.environ["REDIS_URL"] = "localhost:6379"


@case("wrong_setting")
def twilio_is_half_set(ward: Ward) -> None:
    ward.environ["SMS_PROVIDER"] = "twilio"


@case("vapid_key")
def the_push_key_is_none(ward: Ward) -> None:
    ward.environ["VAPID_PRIVATE_KEY"] = "nonsense"


@case("vapid_subject")
def push_names_nobody(ward: Ward) -> None:
    ward.environ |= {**PRODUCTION, "VAPID_SUBJECT": "mailto:admin@localhost"}


@case("two_secrets")
def another_secret_signed_so_far(ward: Ward) -> None:
    secrets_are_open(ward)
    ward.environ["SECRET_KEY"] = "y" * 64


@case("two_push_keys")
def browsers_signed_up_for_another_key(ward: Ward) -> None:
    for folder in (ward.data, ward.folder / "other"):
        push_port(Settings(data=folder, vapid_subject="mailto:a@shop.example"))
    ward.environ["VAPID_PRIVATE_KEY"] = (ward.folder / "other" / "secrets" / "vapid_private_key").read_text()


@case("origins")
def an_origin_has_a_path(ward: Ward) -> None:
    ward.environ["CORS_ORIGINS"] = "https://shop.example/"


@case("open_files")
def few_files(ward: Ward) -> None:
    ward.more["least_files"] = 2**40


@case("waiting_room")
def few_may_wait(ward: Ward) -> None:
    ward.proc("sys/net/core/somaxconn", "128\n")


@case("pages")
def pages_were_not_built(ward: Ward) -> None:
    ward.system = laundry
    ward.more["pages"] = ward.folder


@case("no_backup")
def production_without_backups(ward: Ward) -> None:
    ward.environ |= PRODUCTION


@case("port_taken")
async def something_else_listens(ward: Ward) -> None:
    ward.more["port"] = await ward.serve(lambda head: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@case("database_unreachable")
def postgres_is_away(ward: Ward) -> None:
    ward.environ["DATABASE_URL"] = f"postgresql://livefloor:secret@127.0.0.1:{free_port()}/livefloor"


@case("database_unreachable")
def the_database_is_a_folder(ward: Ward) -> None:
    ward.database.unlink()
    ward.database.mkdir()


@case("damaged")
def the_file_is_no_database(ward: Ward) -> None:
    ward.database.write_bytes(b"none of it" * 1000)


@case("damaged")
def a_page_is_overwritten(ward: Ward) -> None:
    whole = bytearray(ward.database.read_bytes())
    whole[8192:12288] = b"\xff" * 4096
    ward.database.write_bytes(whole)


@case("moved_away")
def the_data_has_moved(ward: Ward) -> None:
    with sqlite3.connect(ward.database) as file:
        moved.mark(file, "postgresql://livefloor@db/livefloor", START)


@case("too_old")
def sqlite_is_old(ward: Ward) -> None:
    ward.more["least_sqlite"] = (99, 0)


@case("migrations_behind")
def an_older_version_was_here(ward: Ward) -> None:
    ward.sql("UPDATE livefloor_version SET version_num = '0001'")


@case("migrations_ahead")
def a_newer_version_was_here(ward: Ward) -> None:
    ward.sql("UPDATE shop_version SET version_num = '0099'")


@case("two_writers")
def two_servers_on_one_file(ward: Ward) -> None:
    for process in ("17", "18"):
        (ward.folder / "proc" / process / "fd").mkdir(parents=True)
        (ward.folder / "proc" / process / "fd" / "5").symlink_to(ward.database)


@case("clock")
def the_clock_is_behind(ward: Ward) -> None:
    ward.sql("INSERT INTO events VALUES (1, 'e', 'n', '[]', '{}', 's', '{}', '2100-01-01T00:00:00.000000+00:00')")


@case("set_aside")
def work_was_set_aside(ward: Ward) -> None:
    ward.sql("INSERT INTO dead_letters VALUES ('d', 'timer', 't', NULL, '{}', 'E', '2025-01-01T00:00:00.000000+00:00')")


@case("failing_reader")
def a_reader_is_held_up(ward: Ward) -> None:
    ward.sql("INSERT INTO readers VALUES ('counter', 7, 3, NULL, 'E: this bike cannot be counted')")


@case("unsealed")
def nobody_seals_beside_a_running_server(ward: Ward) -> None:
    now, then = (UtcTime.to_text(datetime.now(UTC) - timedelta(minutes=late)) for late in (0, 6))
    ward.sql("INSERT INTO readers VALUES ('chain', 0, 0, NULL, NULL)")
    ward.sql(f"INSERT INTO events VALUES (1, 'e', 'n', '[]', '{{}}', 's', '{{}}', '{then}')")
    ward.sql(f"INSERT INTO heartbeats (process, last_tick_at, connections) VALUES ('p', '{now}', 0)")


@case("redis")
def redis_is_away(ward: Ward) -> None:
    ward.environ["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"


@case("public_url")
def the_address_leads_nowhere(ward: Ward) -> None:
    ward.more["url"] = f"http://127.0.0.1:{free_port()}"


@case("websocket")
async def the_proxy_keeps_upgrades(ward: Ward) -> None:
    body = b'{"status":"ready"}'
    good = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    refused = b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n"
    port = await ward.serve(lambda head: good if b"/readyz" in head else refused)
    ward.more["url"] = f"http://127.0.0.1:{port}"


@case("certificate")
async def nobody_trusts_the_certificate(ward: Ward) -> None:
    await ward.serve_tls(timedelta(days=90))


@case("certificate")
async def the_certificate_ends_soon(ward: Ward) -> None:
    ward.more["trusts"] = await ward.serve_tls(timedelta(days=3))


@case("trusted_proxy")
def the_proxy_is_not_named(ward: Ward) -> None:
    ward.more["url"] = f"https://127.0.0.1:{free_port()}"


@pytest.mark.parametrize(("name", "breaks"), CASES, ids=[breaks.__name__ for _, breaks in CASES])
async def test_a_broken_set_up_is_named(
    ward: Ward, name: str, breaks: Callable[[Ward], Awaitable[None] | None]
) -> None:
    """The fault is among what is found, with what to do; beside it at most what production or the same cause brings."""
    async with ward.stack:
        waits = breaks(ward)
        if waits is not None:
            await waits
        found, _ = await examine(ward.patient())
    assert name in {each.name for each in found}
    assert all(each.says.endswith(".") and each.cure for each in found)
    assert {each.name for each in found} <= {name, "no_backup", "public_url", "open_secrets", "wrong_setting"}


async def test_there_are_twenty_and_more() -> None:
    """No fault is named by one case alone because others were left out."""
    assert len({name for name, _ in CASES}) >= 20


async def test_a_sound_set_up_has_nothing(world: World, tmp_path: Path) -> None:
    """Served, reached by its address, with sockets: nothing is wrong and nothing could not be looked at, on both databases."""
    async with served(world.runtime) as port:
        patient = Patient(
            world.runtime, url=f"http://127.0.0.1:{port}", port=port, proc=tmp_path, least_files=1, least_free_mb=0
        )
        patient.least_shm_mb = 0
        assert await examine(patient) == ([], [])
        # As it is in a container that nobody gave more.
        patient.least_shm_mb = 10**9
        assert [each.name for each in (await examine(patient))[0]] == ["small_shm"] * world.settings.is_postgres


def test_the_command_says_it_in_words_and_as_json(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 and the cure for a fault, for people and for programs."""
    work_was_set_aside(ward)
    monkeypatch.setenv("LIVEFLOOR_DATA", str(ward.data))
    words = ["doctor", "tests.platform.shop:system", "--port", str(free_port())]
    said = CliRunner().invoke(cli.app, words)
    assert said.exit_code == 1
    assert "set_aside: 1 events or timers failed" in said.stderr and "livefloor dead-letters shop" in said.stderr
    found = json.loads(CliRunner().invoke(cli.app, [*words, "--json"]).stdout)
    assert "set_aside" in {each["name"] for each in found["ailments"]} and found["ok"] is False
    monkeypatch.setenv("LIVEFLOOR_DATABASE_URL", "mysql://me@here/shop")
    unread = CliRunner().invoke(cli.app, [*words, "--json"])
    assert (unread.exit_code, [each["name"] for each in json.loads(unread.stdout)["ailments"]]) == (
        1,
        ["wrong_setting"],
    )
    monkeypatch.delenv("LIVEFLOOR_DATABASE_URL")
    letter = CliRunner().invoke(cli.app, ["dead-letters", "tests.platform.shop:system", "--json"])
    assert (json.loads(letter.stdout)["id"], json.loads(letter.stdout)["name"]) == ("d", "t")
