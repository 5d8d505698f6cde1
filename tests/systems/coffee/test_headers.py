"""The headers that stand on every answer, whatever it is an answer to (section 11)."""

import httpx
import pytest

from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe

PAGE = "https://shop.example.org"
CALLS = (
    ("GET", "/health", {}, 200),
    ("GET", "/health/ready", {}, 200),
    ("GET", "/api/health", {}, 200),
    ("GET", "/api/public/menu", {}, 200),
    ("GET", "/api/settings/milk-colors", {}, 200),
    ("GET", "/api/stations/", {}, 401),
    ("GET", "/api/nothing", {}, 404),
    ("PATCH", "/api/stations/", {}, 405),
    ("POST", "/api/auth/login", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 403),
    ("POST", "/api/sms/inbound", {"data": {"MessageSid": "SM1"}}, 403),
    ("GET", "/api/docs", {}, 200),
    ("GET", "/api/openapi.json", {}, 200),
    ("GET", "/socket.io/?EIO=4&transport=polling", {}, 200),
    ("GET", "/socket.io/?EIO=4&transport=nothing", {}, 400),
    ("GET", "/nothing.txt", {}, 404),
    ("OPTIONS", "/api/group-orders/K7PQ2M", {"headers": {"Access-Control-Request-Method": "PUT"}}, 200),
)


@pytest.mark.world(
    environ={"ENV": "production", "JWT_SECRET": "k" * 40, "LIVEFLOOR_TEST_CLOCK": "", "CORS_ORIGINS": PAGE}
)
async def test_headers_of_every_answer(world: World, cafe: Cafe) -> None:
    """Production: no sniffing, no address given away, no inline script, HTTPS for good, nothing of the API stored."""
    async with served(world.runtime) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for method, path, given, status in CALLS:
            headers = {"Origin": PAGE, **given.get("headers", {})}  # type: ignore[dict-item]
            answer = await client.request(method, path, **{**given, "headers": headers})  # type: ignore[arg-type]
            found, where = answer.headers, f"{method} {path}"
            assert answer.status_code == status, (where, answer.text)
            assert found.get("x-content-type-options") == "nosniff", where
            assert found.get("referrer-policy") == "same-origin", where
            assert found.get("strict-transport-security", "").startswith("max-age="), where
            policy = found.get("content-security-policy", "")
            scripts = [rule for rule in policy.split(";") if rule.strip().startswith(("default-src", "script-src"))]
            assert scripts and not any("unsafe-inline" in rule for rule in scripts), where
            if path.startswith("/api"):
                assert found.get("cache-control") == "no-store", where
        assert "X-Manage-Token" in found["access-control-allow-headers"]
