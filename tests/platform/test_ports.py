"""The outside services, each against a server of its own on this machine that checks what it is sent."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from livefloor.kernel.settings import SettingError, Settings
from livefloor.ports import outside as ways
from livefloor.ports.files import FolderFiles
from livefloor.ports.push import LocalPush, PushRefused, SubscriptionGone, WebPush, may_be_reached, push_port
from livefloor.ports.sms import LocalSms, SmsRefused, TwilioSms, is_twilio_signed, sms_port, twilio_signature
from tests.outside import Browser, certified, outside, unpadded

# -- whom calls trust -------------------------------------------------------------------------------------------------


@pytest.fixture
def trust_read_anew() -> Iterator[None]:
    """Let the authorities be read in this test, and again after it."""
    ways.trust.cache_clear()
    yield
    ways.trust.cache_clear()


@pytest.mark.usefixtures("trust_read_anew")
@pytest.mark.parametrize("known", [False, True])
async def test_calls_go_to_whom_an_authority_stands_for_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """A certificate that nobody stands for is refused, by webhooks, pushes and texts; one that the house trusts is taken."""
    tls = certified(tmp_path / "tls.pem")
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls.pem"))
    async with outside(tls=tls) as there:
        receiver = ways.Outside(["127.0.0.0/8", "::1"])
        sms = TwilioSms(account_sid="AC1", auth_token="s3cret", sender="+15550001111", url=there.url)
        push = httpx.AsyncClient(transport=ways.OutsideTransport(anywhere=True))
        for call in (
            lambda: receiver.post(f"{there.url}/hook", b"{}", {}),
            lambda: sms.send("5551234567", "Your code"),
            lambda: push.post(f"{there.url}/push"),
        ):
            if known:
                await call()
            else:
                with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                    await call()
        assert len(there.requests) == (3 if known else 0)
        for way in (receiver.close(), sms.close(), push.aclose()):
            await way


# -- text messages ----------------------------------------------------------------------------------------------------


async def test_twilio_is_told_sender_recipient_and_words_with_the_accounts_keys() -> None:
    async with outside() as twilio:
        sms = TwilioSms(account_sid="AC1", auth_token="s3cret", sender="+15550001111", url=twilio.url)
        await sms.send("5551234567", "Your code is 48120597 – keep it")
        await sms.close()
    [(path, headers, body)] = twilio.requests
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert headers["authorization"] == "Basic " + base64.b64encode(b"AC1:s3cret").decode()
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode()) == {
        "To": ["+5551234567"],
        "From": ["+15550001111"],
        "Body": ["Your code is 48120597 – keep it"],
    }


async def test_twilio_takes_a_messaging_service_as_sender() -> None:
    async with outside() as twilio:
        sms = TwilioSms(account_sid="AC1", auth_token="s", sender="MG77", url=twilio.url)
        await sms.send("+5551234567", "x")
        await sms.close()
    assert parse_qs(twilio.requests[0][2].decode())["MessagingServiceSid"] == ["MG77"]


async def test_a_refusal_of_twilio_is_told_with_its_words_and_without_the_number() -> None:
    said = json.dumps({"code": 21211, "message": "+5551234567 is not a valid phone number"}).encode()
    async with outside(400, said) as twilio:
        sms = TwilioSms(account_sid="AC1", auth_token="s", sender="+1", url=twilio.url)
        with pytest.raises(SmsRefused, match="400 21211: the number is not a valid phone number"):
            await sms.send("5551234567", "x")
        await sms.close()


async def test_twilio_says_its_id_and_when_to_try_again() -> None:
    async with outside(201, b'{"sid": "SM1"}') as gateway:
        sms = TwilioSms(account_sid="AC1", auth_token="s", sender="+1", url=gateway.url)
        assert await sms.send("+5551234567", "x", report_to="https://here/status?message_id=1") == "SM1"
        gateway.status, gateway.answer = 503, b"not JSON"
        with pytest.raises(SmsRefused) as refused:
            await sms.send("+5551234567", "x")
        await sms.close()
    assert parse_qs(gateway.requests[0][2].decode())["StatusCallback"] == ["https://here/status?message_id=1"]
    assert (refused.value.status, refused.value.code, refused.value.is_passing) == (503, None, True)


def test_what_twilio_signs_is_told_from_what_it_does_not() -> None:
    """The example of Twilio's documentation."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    assert twilio_signature("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert is_twilio_signed("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, fields, ["new", "12345"])
    assert not is_twilio_signed("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, {**fields, "Digits": "1235"}, ["12345"])
    assert not is_twilio_signed(twilio_signature("", url, fields), url, fields, [""])
    assert not is_twilio_signed(None, url, fields, ["12345"])
    assert not is_twilio_signed("\u00e4", url, fields, ["12345"])


def test_sms_is_on_with_twilio_or_where_the_outbox_can_be_read(tmp_path: Path) -> None:
    assert sms_port(Settings(data=tmp_path)).is_on
    assert not sms_port(Settings(data=tmp_path, env="production")).is_on
    keys = {"twilio_account_sid": "AC1", "twilio_auth_token": "s", "twilio_from": "+1"}
    assert sms_port(
        Settings.model_validate({"data": tmp_path, "env": "production", "sms_provider": "twilio", **keys})
    ).is_on
    with pytest.raises(SettingError, match=r"TWILIO_AUTH_TOKEN: needed with SMS_PROVIDER=twilio; for example"):
        sms_port(Settings.model_validate({"data": tmp_path, "sms_provider": "twilio", **keys, "twilio_auth_token": ""}))


async def test_the_stand_in_keeps_what_it_takes() -> None:
    sms = LocalSms(is_on=True)
    await sms.send("5551234567", "hello")
    assert [tuple(taken) for taken in sms.taken] == [("5551234567", "hello")]


# -- pushes -----------------------------------------------------------------------------------------------------------


def real_push(tmp_path: Path, **said: Any) -> WebPush:
    """Return a push port that may reach this machine."""
    found = push_port(Settings.model_validate({"data": tmp_path, "vapid_subject": "mailto:desk@example.org", **said}))
    assert isinstance(found, WebPush)
    found.anywhere = True
    return found


async def test_a_push_can_be_read_by_the_browser_alone_and_is_twilio_signed_with_the_servers_key(
    tmp_path: Path,
) -> None:
    browser, push = Browser(), real_push(tmp_path)
    async with outside() as service:
        await push.send(
            f"{service.url}/push/abc", browser.keys, {"title": "Your turn: Washer 2", "link": "/m/washer/2"}
        )
    await push.close()
    [(path, headers, body)] = service.requests
    assert path == "/push/abc"
    assert (headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("aes128gcm", "3600", "high")
    assert b"Washer" not in body
    assert browser.read(body) == {"title": "Your turn: Washer 2", "link": "/m/washer/2"}
    scheme, said = headers["authorization"].split(" ", 1)
    told = dict(part.strip().split("=", 1) for part in said.split(","))
    assert (scheme, told["k"]) == ("vapid", push.public_key)
    raw = base64.urlsafe_b64decode(push.public_key + "==")
    key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": unpadded(raw[1:33]), "y": unpadded(raw[33:])})
    claims = jwt.decode(told["t"], key, algorithms=["ES256"]).claims
    assert (claims["sub"], claims["aud"]) == ("mailto:desk@example.org", service.url)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_told_apart(tmp_path: Path, status: int) -> None:
    push = real_push(tmp_path)
    async with outside(status) as service:
        with pytest.raises(SubscriptionGone):
            await push.send(service.url, Browser().keys, {})
    await push.close()


@pytest.mark.parametrize("status", [301, 429, 500])
async def test_other_answers_are_refusals_and_no_redirect_is_followed(tmp_path: Path, status: int) -> None:
    push = real_push(tmp_path)
    async with outside(status) as service:
        with pytest.raises(PushRefused, match=str(status)):
            await push.send(service.url, Browser().keys, {})
    assert len(service.requests) == 1
    await push.close()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "https://127.0.0.1/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://localhost/x",
        "https://printer.local/x",
        "https://push.example.org:8443/x",
        "https://user@push.example.org/x",
        "https://[bad/x",
    ],
)
async def test_no_push_goes_into_the_house(tmp_path: Path, endpoint: str) -> None:
    assert not may_be_reached(endpoint)
    push = real_push(tmp_path)
    push.anywhere = False
    with pytest.raises(PushRefused):
        await push.send(endpoint, Browser().keys, {})
    await push.close()


def test_a_push_service_may_be_reached() -> None:
    assert may_be_reached("https://fcm.googleapis.com/fcm/send/abc")
    assert may_be_reached("https://8.8.8.8/x")


def test_the_key_is_made_once_and_kept_for_the_owner_alone(tmp_path: Path) -> None:
    first = push_port(Settings(data=tmp_path))
    again = push_port(Settings(data=tmp_path))
    assert isinstance(first, LocalPush)
    assert again is not None
    assert first.public_key == again.public_key
    assert len(base64.urlsafe_b64decode(first.public_key + "==")) == 65
    assert (tmp_path / "secrets" / "vapid_private_key").stat().st_mode & 0o777 == 0o600


def test_production_pushes_only_when_told_how(tmp_path: Path) -> None:
    assert push_port(Settings(data=tmp_path, env="production")) is None
    assert isinstance(push_port(Settings(data=tmp_path, env="production", vapid_subject="mailto:a@b.org")), WebPush)
    key = unpadded((7).to_bytes(32, "big"))
    assert isinstance(push_port(Settings(data=tmp_path, env="production", vapid_private_key=key)), WebPush)
    with pytest.raises(SettingError, match="VAPID_PRIVATE_KEY: not a P-256 private key"):
        push_port(Settings(data=tmp_path, vapid_private_key="nonsense"))


# -- files ------------------------------------------------------------------------------------------------------------


def test_files_are_kept_whole_and_found_by_their_age(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "photos")
    files.put("0195aaaa-bbbb.jpg", b"one")
    files.put("0195aaaa-bbbb.jpg", b"two")
    assert files.get("0195aaaa-bbbb.jpg") == b"two"
    assert files.get("0195aaaa-cccc.jpg") is None
    assert list(files.older_than(datetime(2000, 1, 1, tzinfo=UTC))) == []
    assert list(files.older_than(datetime(2999, 1, 1, tzinfo=UTC))) == ["0195aaaa-bbbb.jpg"]
    files.delete("0195aaaa-bbbb.jpg")
    files.delete("0195aaaa-bbbb.jpg")
    assert files.get("0195aaaa-bbbb.jpg") is None


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b.jpg", "", "0195aaaa-bbbb", "0195aaaa.j\x00pg"])
def test_a_key_never_leaves_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        FolderFiles(tmp_path).get(key)
