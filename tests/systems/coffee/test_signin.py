"""Getting in and out: passwords, tokens that rotate, locks, what production refuses (sections 3, 5.1; rows 33 to 36)."""

from datetime import timedelta
from pathlib import Path

import pytest

from livefloor import Actor, Ctx, SettingError, hash_password, throttle
from livefloor.identity.tokens import Tokens
from livefloor.kernel.settings import read_settings
from livefloor.systems.coffee import system as coffee
from livefloor.systems.coffee.config import CoffeeSettings, secrets_of
from livefloor.systems.coffee.models import User
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, good, refused

PASSWORD = "crema-demo-2024"
HASH = hash_password(PASSWORD)


async def bea(world: World, **columns: object) -> str:
    """Put in an account with a password; return its id."""

    async def add(ctx: Ctx) -> str:
        made = {"role": "barista", "username": "bea", "display_name": "Bea Holm", "password_hash": HASH, **columns}
        return (await ctx.add(User(**made))).id

    return await world.change(add)


def tokens(body: dict[str, str]) -> tuple[str, str]:
    """Return the pair of an answer."""
    return body["access_token"], body["refresh_token"]


async def test_sign_in_and_out(cafe: Cafe, world: World) -> None:
    """The answer is as section 3 prints it; `me` tells who one is; signing out ends the session."""
    user_id = await bea(world, station_id=1)
    guest = await cafe.client()
    answer = await guest.post("/api/auth/login", json={"username": " BEA ", "password": PASSWORD})
    body = good(answer)
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 900
    assert body["user"] == {
        "id": user_id,
        "username": "bea",
        "display_name": "Bea Holm",
        "role": "barista",
        "station_id": 1,
    }
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"refresh_token={body['refresh_token']};")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/api/auth", "Max-Age=43200"))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    mine = await cafe.client(body["access_token"])
    me = good(await mine.get("/api/auth/me"))
    assert me["user"]["id"] == user_id
    assert me["shift"] is None
    assert me["features"] == {"sms": "simulator"}
    assert me["timezone"] == "Australia/Sydney"
    assert {f"user_{user_id}", "baristas", "station_1"} <= set(me["rooms"])
    assert "organizers" not in me["rooms"]
    assert "get_me" in me["permissions"]
    assert "create_user" not in me["permissions"]
    left = await mine.post("/api/auth/logout")
    assert left.status_code == 204
    assert "Max-Age=0" in left.headers["set-cookie"]
    refused(await mine.get("/api/auth/me"), 401, "not_signed_in")
    names = await cafe.told()
    assert names[-3:] == ["user_signed_in", "session.revoked", "user_signed_out"]
    await world.advance(minutes=16)
    refused(await mine.get("/api/auth/me"), 401, "token_expired")


async def test_failures_tell_nothing(cafe: Cafe, world: World) -> None:
    """An unknown name and a wrong password are answered alike; an account that is off is told only to its owner."""
    await bea(world, status="inactive")
    guest = await cafe.client()
    unknown = refused(
        await guest.post("/api/auth/login", json={"username": "nobody", "password": "x"}), 401, "bad_credentials"
    )
    wrong = refused(
        await guest.post("/api/auth/login", json={"username": "bea", "password": "x"}), 401, "bad_credentials"
    )
    assert unknown == wrong
    refused(await guest.post("/api/auth/login", json={"username": "bea", "password": PASSWORD}), 403, "user_inactive")


async def test_lock_out(cafe: Cafe, world: World) -> None:
    """Five wrong passwords lock a name for 15 minutes, be there such an account or not; 20 turn an address away."""
    await bea(world)
    for name in ("bea", "nobody"):
        guest = await cafe.client(address="10.1.1.1")
        for _ in range(5):
            refused(
                await guest.post("/api/auth/login", json={"username": name, "password": "x"}), 401, "bad_credentials"
            )
        answer = await guest.post("/api/auth/login", json={"username": name, "password": PASSWORD})
        refused(answer, 423, "account_locked")
        assert int(answer.headers["retry-after"]) == 900
    await world.advance(minutes=15, seconds=1)
    guest = await cafe.client(address="10.1.1.1")
    good(await guest.post("/api/auth/login", json={"username": "bea", "password": PASSWORD}))
    for number in range(20):
        await world.change(
            lambda ctx, name=f"name{number}": throttle.reserve(ctx, name, throttle.Policy()),
            Actor(None, "public", address="10.1.1.1"),
        )
    answer = await guest.post("/api/auth/login", json={"username": "bea", "password": PASSWORD})
    refused(answer, 429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0
    elsewhere = await cafe.client(address="10.2.2.2")
    good(await elsewhere.post("/api/auth/login", json={"username": "bea", "password": PASSWORD}))


async def test_tries_at_the_same_moment(cafe: Cafe, world: World) -> None:
    """Of eight tries at once five are looked at."""
    await bea(world)
    clients = [await cafe.client(address=f"10.3.{number}.1") for number in range(8)]
    tried = {"username": "bea", "password": "x"}
    answers = await world.race([lambda c=client: c.post("/api/auth/login", json=tried) for client in clients])
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [401] * 5 + [423] * 3


async def test_refresh(cafe: Cafe, world: World) -> None:
    """Each use rotates; a repeat within 10 s gives the same pair; a later one ends the session; 12 h end it too."""
    await bea(world)
    guest = await cafe.client()
    body = good(await guest.post("/api/auth/login", json={"username": "bea", "password": PASSWORD}))
    first = tokens(good(await guest.post("/api/auth/refresh", json={"refresh_token": body["refresh_token"]})))
    await world.advance(seconds=9)
    again = tokens(good(await guest.post("/api/auth/refresh", json={"refresh_token": body["refresh_token"]})))
    assert first == again
    cookie = {"Cookie": f"a=b; refresh_token={first[1]}"}
    second = tokens(good(await guest.post("/api/auth/refresh", headers=cookie)))
    assert second[1] != first[1]
    mine = await cafe.client(second[0])
    good(await mine.get("/api/auth/me"))
    other = await cafe.client(**{"User-Agent": "another device"})
    refused(await other.post("/api/auth/refresh", json={"refresh_token": first[1]}), 401, "refresh_reused")
    refused(await mine.get("/api/auth/me"), 401, "not_signed_in")
    refused(await guest.post("/api/auth/refresh", json={"refresh_token": second[1]}), 401, "refresh_invalid")
    refused(await guest.post("/api/auth/refresh"), 401, "refresh_invalid")
    refused(await guest.post("/api/auth/refresh", json={"refresh_token": "x"}), 401, "refresh_invalid")
    body = good(await guest.post("/api/auth/login", json={"username": "bea", "password": PASSWORD}))
    await world.advance(hours=12, seconds=1)
    refused(
        await guest.post("/api/auth/refresh", json={"refresh_token": body["refresh_token"]}), 401, "refresh_expired"
    )


async def test_change_password(cafe: Cafe, world: World) -> None:
    """Another password ends the other sessions; weak ones are refused; a wrong one of now is told as such."""
    await bea(world)
    guest = await cafe.client()
    said = {"username": "bea", "password": PASSWORD}
    first = await cafe.client(good(await guest.post("/api/auth/login", json=said))["access_token"])
    second = await cafe.client(good(await guest.post("/api/auth/login", json=said))["access_token"])
    path = "/api/auth/change-password"
    for weak in ("short", "password123", "i-am-bea-holm"):
        body = {"current_password": PASSWORD, "new_password": weak}
        refused(await first.post(path, json=body), 422, "weak_password")
    body = {"current_password": "wrong-one", "new_password": "flat-white-oat-9"}
    refused(await first.post(path, json=body), 401, "bad_credentials")
    assert (await first.post(path, json={**body, "current_password": PASSWORD})).status_code == 204
    good(await first.get("/api/auth/me"))
    refused(await second.get("/api/auth/me"), 401, "not_signed_in")
    refused(await guest.post("/api/auth/login", json=said), 401, "bad_credentials")
    good(await guest.post("/api/auth/login", json={**said, "password": "flat-white-oat-9"}))


@pytest.mark.world(environ={"LIVEFLOOR_LIMITS": "on"})
@pytest.mark.usefixtures("within_a_minute")
async def test_manners(cafe: Cafe, world: World) -> None:
    """Rule 71: limits give 429 with Retry-After. Refusals have this system's codes; each answer tells the log's number."""
    guest = await cafe.client(address="10.4.4.4")
    answer = await guest.post("/api/auth/login", json={"username": "x", "password": "y", "more": 1})
    assert refused(answer, 422, "validation_failed")["errors"][0]["field"] == "more"
    assert answer.headers["x-event-seq"] == str(await world.head())
    assert "event-seq" not in answer.headers
    big = await guest.post("/api/auth/login", content=b"x" * 300_000, headers={"Content-Type": "application/json"})
    refused(big, 413, "too_large")
    refused(await guest.post("/api/auth/login", content=b"a=b"), 415, "unsupported_media_type")
    refused(await guest.get("/api/auth/me"), 401, "not_signed_in")
    for _ in range(7):
        refused(await guest.post("/api/auth/login", json={}), 422, "validation_failed")
    answer = await guest.post("/api/auth/login", json={})
    refused(answer, 429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0


SECRET = "k" * 40


@pytest.mark.world(
    environ={"ENV": "production", "JWT_SECRET": SECRET, "TRUSTED_PROXIES": "127.0.0.1", "LIVEFLOOR_TEST_CLOCK": ""}
)
async def test_production(cafe: Cafe, world: World) -> None:
    """Plain HTTP is refused at sign-in unless a trusted proxy vouches for HTTPS; answers ask for HTTPS from then on."""
    await bea(world)
    said = {"username": "bea", "password": PASSWORD}
    refused(await (await cafe.client()).post("/api/auth/login", json=said), 403, "https_required")
    stranger = await cafe.client(address="10.5.5.5", **{"X-Forwarded-Proto": "https"})
    refused(await stranger.post("/api/auth/login", json=said), 403, "https_required")
    proxied = await cafe.client(**{"X-Forwarded-Proto": "https"})
    answer = await proxied.post("/api/auth/login", json=said)
    good(answer)
    assert "max-age=" in answer.headers["strict-transport-security"]


def test_production_secrets(tmp_path: Path) -> None:
    """Production does not start with a missing, short or sample JWT_SECRET; a secret may be the content of a file."""
    for secret in ("", "short", "your-secret-key-here-change-in-production"):
        environ = {"ENV": "production", "JWT_SECRET": secret}
        settings = read_settings(CoffeeSettings, coffee.name, environ, alone=True)
        with pytest.raises(SettingError, match="JWT_SECRET"):
            secrets_of(settings)
    settings = read_settings(CoffeeSettings, coffee.name, {"ENV": "production", "JWT_SECRET": SECRET}, alone=True)
    assert settings.secret_key == SECRET
    assert settings.sms == "off"
    secrets_of(settings)
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    settings = read_settings(CoffeeSettings, coffee.name, {"JWT_SECRET_FILE": str(file)}, alone=True)
    assert settings.secret_key == SECRET
    with pytest.raises(SettingError, match="JWT_SECRET_FILE"):
        read_settings(CoffeeSettings, coffee.name, {"JWT_SECRET_FILE": str(tmp_path / "none")}, alone=True)
    with pytest.raises(SettingError, match="TWILIO_AUTH_TOKEN"):
        secrets_of(read_settings(CoffeeSettings, coffee.name, {"SMS_TRANSPORT": "twilio"}, alone=True))


@pytest.mark.world(
    environ={"ADMIN_USERNAME": "ada", "ADMIN_PASSWORD": "long-black-17-x", "JWT_SECRET_PREVIOUS": "p" * 40}
)
async def test_first_admin(cafe: Cafe, world: World) -> None:
    """ADMIN_USERNAME and ADMIN_PASSWORD make an admin once; tokens signed with the secret before still count."""
    guest = await cafe.client()
    body = good(await guest.post("/api/auth/login", json={"username": "ada", "password": "long-black-17-x"}))
    assert body["user"]["role"] == "admin"
    claims = Tokens(world.runtime.means.secrets["secret_key"]).check(body["access_token"], 0)
    before = Tokens("p" * 40).issue(claims.user_id, claims.session_id, "admin", cafe.now, timedelta(minutes=15))
    good(await (await cafe.client(before)).get("/api/auth/me"))
    foreign = Tokens("q" * 40).issue(claims.user_id, claims.session_id, "admin", cafe.now, timedelta(minutes=15))
    refused(await (await cafe.client(foreign)).get("/api/auth/me"), 401, "not_signed_in")
