"""Webhooks on the page of laundry's admins: a real receiver on this machine is sent what it asked for, signed."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

from playwright.sync_api import Browser, expect
from standardwebhooks import Webhook

from livefloor.testing.server import process
from tests.e2e.pages import barriers, is_too_wide
from tests.e2e.windows import PHONE, caller, keep_session, new_window, watched

PATIENCE_S = 60
"""For a delivery on a busy machine."""


class Receiver(HTTPServer):
    """Takes webhooks, or answers what it was told to."""

    status = 204

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.came: Queue[tuple[dict[str, str], bytes]] = Queue()


class Taker(BaseHTTPRequestHandler):
    """Keeps what comes."""

    server: Receiver

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.came.put(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    server = Receiver()
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_from_its_making_to_its_end(browser: Browser, tmp_path: Path) -> None:
    """Made on the page it is sent what it asked for; what was not taken is seen, sent again, and it can be paused and deleted."""
    said = {"LIVEFLOOR_LIMITS": "off", "LIVEFLOOR_WEBHOOK_NETWORKS": "127.0.0.1/32"}
    with receiver() as taker, process("laundry", "--demo", data=tmp_path / "laundry", **said) as server:
        context = new_window(browser, PHONE)
        keep_session(context, server.url, "900000")
        with watched(context) as page, caller(server.url, "900000") as http:
            http.timeout = PATIENCE_S
            page.goto(f"{server.url}/admin/webhooks")
            expect(page.get_by_text("There are no webhooks.")).to_be_visible()
            page.get_by_role("button", name="Add a webhook").click()
            sheet = page.get_by_role("dialog")
            sheet.get_by_label("Address").fill("https://10.0.0.1/hook")
            sheet.get_by_text("Chosen ones").click()
            sheet.get_by_role("button", name="Add a webhook").click()
            expect(sheet.get_by_text("Choose at least one event.")).to_be_visible()
            sheet.locator("summary").filter(has_text="roster").click()
            sheet.get_by_text("roster.changed", exact=True).click()
            sheet.get_by_role("button", name="Add a webhook").click()
            expect(sheet.get_by_label("Address")).to_have_accessible_description(re.compile("may not be called"))
            sheet.get_by_label("Address").fill(f"http://127.0.0.1:{taker.server_port}/hook")
            with page.expect_request(lambda one: one.method == "POST" and one.url.endswith("/webhooks")) as asked:
                sheet.get_by_role("button", name="Add a webhook").click()
            key = asked.value.headers["idempotency-key"]
            assert asked.value.headers["traceparent"].startswith(f"00-{key}-")
            secret = page.get_by_role("dialog").get_by_role("status").inner_text()
            page.get_by_role("button", name="I have kept it").click()

            taker.status = 500
            http.post("/admin/roster", json={"student_ids": ["310001"]}).raise_for_status()
            headers, body = taker.came.get(timeout=PATIENCE_S)
            assert Webhook(secret).verify(body, headers)["type"] == "roster.changed"
            card = page.get_by_role("article", name=f"127.0.0.1:{taker.server_port}")
            expect(card).to_contain_text("Waits to try again")
            expect(card).to_contain_text("it answered 500")
            taker.status = 204
            card.get_by_role("button").click()
            tries = page.get_by_role("region", name="Deliveries").get_by_role("listitem")
            tries.first.locator("summary").click()
            expect(tries.first).to_contain_text('"type": "roster.changed"')
            assert not is_too_wide(page)
            assert barriers(page) == []
            tries.first.get_by_role("button", name="Send this one again").click()
            expect(page.get_by_text("The receiver took it.")).to_be_visible()
            again = taker.came.get(timeout=PATIENCE_S)
            assert (again[0]["webhook-id"], again[1]) == (headers["webhook-id"], body)

            page.get_by_role("button", name="New secret").click()
            page.get_by_role("dialog").get_by_role("button", name="New secret").click()
            other = page.get_by_role("dialog").get_by_role("status").inner_text()
            page.get_by_role("button", name="I have kept it").click()
            expect(page.get_by_text("messages are signed with the secret before as well")).to_be_visible()
            page.get_by_role("button", name="Send a test").click()
            expect(page.get_by_text("The receiver took the test.")).to_be_visible()
            while (message := taker.came.get(timeout=PATIENCE_S))[0]["webhook-id"] == headers["webhook-id"]:
                pass  # the first one, whose next try has come meanwhile
            assert json.loads(message[1])["type"] == "webhook.test"
            for each in (secret, other):
                Webhook(each).verify(message[1], message[0])

            page.get_by_role("button", name="Pause").click()
            expect(page.get_by_text("Somebody paused it.")).to_be_visible()
            page.get_by_text("Change address and events").click()
            page.get_by_label("What it is for").fill("Laundry of the neighbours")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_text("The webhook is saved.")).to_be_visible()
            [stored] = http.get("/admin/webhooks").json()
            assert (stored["enabled"], stored["description"]) == (False, "Laundry of the neighbours")
            page.get_by_role("button", name="Delete").click()
            page.get_by_role("button", name="Yes, delete it").click()
            expect(page.get_by_text("There are no webhooks.")).to_be_visible()
            assert http.get("/admin/webhooks").json() == []
