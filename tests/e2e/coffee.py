"""People of the coffee service, for tests in a browser."""

import json
from typing import Any

import httpx
from playwright.sync_api import BrowserContext

from tests.e2e.windows import PATIENCE_S

PASSWORD = "crema-demo-2024"


def session(url: str, who: str) -> dict[str, Any]:
    """Sign somebody of the demo's crew in through the API; return the answer."""
    said = {"username": who, "password": PASSWORD}
    answer = httpx.post(f"{url}/api/auth/login", json=said, timeout=PATIENCE_S)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def caller(url: str, who: str) -> httpx.Client:
    """Return a client that acts for somebody."""
    token = session(url, who)["access_token"]
    once = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(
        base_url=f"{url}/api", headers={"Authorization": f"Bearer {token}"}, limits=once, timeout=PATIENCE_S
    )


def keep_session(context: BrowserContext, url: str, who: str) -> None:
    """Put somebody's session into a browser, once: a page that ends it finds it gone."""
    signed_in = session(url, who)
    kept = json.dumps(json.dumps({"access_token": signed_in["access_token"], "user": signed_in["user"]}))
    context.add_init_script(f"sessionStorage.been ??= localStorage.setItem('livefloor-coffee /', {kept}) ?? 1")


def furnish(url: str) -> dict[str, str]:
    """Order what some pages show: return its places by the names that paths have for them."""
    cup = {"menu_item": "flat_white", "size": "small", "milk": "oat"}
    order = {"event_code": "HARBOUR", "customer_name": "Mina", "items": [cup, {**cup, "milk": "soy"}]}
    ticket = httpx.post(f"{url}/api/public/orders", json=order, timeout=PATIENCE_S).raise_for_status().json()["ticket"]
    cups = [{"name": name, **cup} for name in ("Ida", "Tom", "Priya")]
    group = {"group_name": "Team Kestrel", "contact_name": "Ann", "mode": "open", "orders": cups}
    code = caller(url, "support").post("/group-orders/", json=group).raise_for_status().json()["group_order"]["code"]
    return {"ticket": ticket["token"], "group": code}
