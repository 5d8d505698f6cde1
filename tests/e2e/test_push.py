"""A push from the server to a sleeping phone: encrypted, opened, and shown by the worker of the pages."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue

import pytest
from playwright.sync_api import Browser, Playwright, expect

from livefloor.testing.server import Process, forked, free_port
from tests.e2e.conftest import QUIET, WHOLE
from tests.e2e.serving import laundry_that_pushes
from tests.e2e.windows import PHONE, caller, register, sign_in, until
from tests.outside import Browser as Subscriber


@pytest.fixture
def pushing(tmp_path: Path) -> Iterator[Process]:
    """Give a laundry that sends real pushes, also to this machine."""
    port = free_port()
    with forked(laundry_that_pushes, port, tmp_path, data=tmp_path, port=port) as pushing:
        pushing.wait_until_ready()
        yield pushing


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Give the whole browser: the headless shell shows no notifications."""
    browser = playwright.chromium.launch(executable_path=WHOLE, args=QUIET)
    yield browser
    browser.close()


@contextmanager
def push_service(taken: "Queue[bytes]") -> Iterator[str]:
    """Run a push service that keeps what it is given; gives the endpoint of one browser."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    service = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=service.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{service.server_port}/push/abc"
    service.shutdown()
    service.server_close()
    thread.join()


def test_a_push_reaches_the_phone_and_leads_to_the_machine(browser: Browser, pushing: Process) -> None:
    """The switch subscribes; the server's message can be opened with the phone's keys alone; the worker shows it."""
    taken: Queue[bytes] = Queue()
    subscriber = Subscriber()
    register(pushing.url, "200001")
    register(pushing.url, "200002")
    me, other = caller(pushing.url, "200001"), caller(pushing.url, "200002")
    with push_service(taken) as endpoint:
        context = browser.new_context(viewport=PHONE, permissions=["notifications"])  # type: ignore[arg-type]
        # Browsers get their address from a push service on the internet; here it is the one above.
        given = json.dumps({"endpoint": endpoint, "keys": subscriber.keys})
        context.add_init_script(
            f"""PushManager.prototype.subscribe = function () {{ window.subscribed = true; return Promise.resolve({{ toJSON: () => ({given}) }}); }};
            PushManager.prototype.getSubscription = () => Promise.resolve(window.subscribed ? {{}} : null);"""
        )
        page = context.new_page()
        sign_in(page, pushing.url, "200001")
        page.goto(f"{pushing.url}/notifications")
        page.get_by_role("button", name="Switch on").click()
        expect(page.get_by_role("button", name="Switch off")).to_be_visible()

        said = {"machine_type": "washer", "machine_id": 2}
        me.post("/machines/start", json={**said, "category": "normal"}).raise_for_status()
        me.post("/machines/end", json=said).raise_for_status()
        other.post("/machines/nudge", json=said).raise_for_status()
        shown = subscriber.read(taken.get(timeout=20))
        assert (shown["type"], shown["link"]) == ("nudge", "/m/washer/2")

        session = context.new_cdp_session(page)
        registrations: Queue[str] = Queue()
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: [registrations.put(one["registrationId"]) for one in told["registrations"]],
        )
        session.send("ServiceWorker.enable")
        page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        origin = pushing.url
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": registrations.get_nowait(), "data": json.dumps(shown)},
        )
        until(
            page,
            "() => navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.length === 1)",
        )
        notification = page.evaluate(
            """navigator.serviceWorker.ready.then((one) => one.getNotifications())
                .then(([{ title, body, data }]) => ({ title, body, data }))"""
        )
        assert notification == {"title": shown["title"], "body": shown["message"], "data": {"link": "/m/washer/2"}}
        context.close()
