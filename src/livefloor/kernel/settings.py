"""Settings from the environment: canonical names are LIVEFLOOR_…, a system's own LIVEFLOOR_<SYSTEM>_…, and each spec's
names are aliases while that system is served alone (DESIGN section 12, ruling 7)."""

import contextlib
import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError


def _words(value: Any) -> Any:
    return [word for word in re.split(r"[,\s]+", value) if word] if isinstance(value, str) else value


Words = Annotated[list[str], BeforeValidator(_words)]
"""A list given as words between commas."""


def _networks(words: list[str]) -> list[str]:
    for word in words:
        ipaddress.ip_network(word)
    return words


def _database(url: str) -> str:
    # Anything else would be taken for no address at all, and the data would go into a new file.
    if re.match(r"^(sqlite(\+\w+)?:///.|postgres(ql)?(\+asyncpg)?://.|$)", url) is None:
        raise ValueError("is neither postgresql://user:password@host/name nor sqlite:///file")
    return url.replace("+asyncpg", "", 1) if url.startswith("postgres") else url


SAMPLE_SECRETS = frozenset({"change-me", "changeme", "your-secret-key-here-change-in-production", "secret"})


class SettingError(Exception):
    """A setting that stops the start; says the variable's name and an example."""


class Settings(BaseModel):
    """What every system can be told from outside."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: Literal["development", "production"] = Field(
        "development",
        examples=["production"],
        description="`production` refuses sample secrets, demo data and `CORS_ORIGINS=*`",
    )
    data: Path = Field(
        Path("data"),
        examples=["/var/lib/livefloor"],
        description="the folder of databases, photos, secrets and backups",
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        "",
        examples=["postgresql://user:password@localhost/livefloor"],
        description="PostgreSQL, with a schema for each system; SQLite in the data folder unless given",
    )
    redis_url: str = Field(
        "",
        examples=["redis://localhost:6379/0"],
        description="lets several processes know who is present at the others, and pass signals",
    )
    secret_key: str = Field(
        "",
        examples=["64 random characters"],
        description="signs tokens; made at the first start and kept in `secrets/` of the data folder, so that several hosts must be given the same",
    )
    cors_origins: Words = Field([], examples=["https://laundry.example.org"], description="origins of other front ends")
    trusted_proxies: Words = Field(
        [],
        examples=["127.0.0.1,10.0.0.0/8"],
        description="addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` count",
    )
    access_token_expire_minutes: int = Field(
        1440, ge=5, le=1440, examples=["1440"], description="how long an access token holds"
    )
    docs_enabled: bool = Field(
        True, examples=["false"], description="whether `/api/docs`, `/api/redoc` and `/api/openapi.json` answer"
    )
    auto_migrate: bool = Field(
        True, examples=["true"], description="whether the start brings the database to the newest form"
    )
    test_clock: bool = Field(
        False, examples=["1"], description="in development lets an admin move the clock, for tests"
    )
    limits: Literal["on", "off"] = Field(
        "on", examples=["off"], description="`off` lifts the per-account rate limits, for measuring"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", examples=["info"], description="of the log on standard error; JSON lines in production"
    )
    log_keep_days: int = Field(
        0, ge=0, le=36_500, examples=["730"], description="for how many days the event log is kept; 0 keeps it for ever"
    )
    backups: int = Field(14, ge=1, le=1000, examples=["14"], description="how many nightly backups are kept")
    drain_seconds: float = Field(
        5.0,
        ge=0,
        le=300,
        examples=["5"],
        description="over how many seconds live connections are said good-bye at a stop",
    )
    pusher_app_id: str = Field(
        "",
        pattern=r"^([1-9]\d{0,17})?$",
        examples=["made at first start when missing"],
        description="the app by which Pusher's clients and publishers know the system; several hosts need the same",
    )
    pusher_key: str = Field(
        "", pattern=r"^[\w-]{0,64}$", examples=["made at first start when missing"], description="the app's public key"
    )
    pusher_secret: str = Field("", examples=["64 random characters"], description="the app's secret")
    vapid_private_key: str = Field(
        "",
        examples=["made at first start when missing"],
        description="signs web pushes; another one ends all subscriptions",
    )
    vapid_subject: str = Field(
        "mailto:admin@localhost",
        examples=["mailto:laundry@example.org"],
        description="whom push services write to about pushes",
    )
    sms_provider: Literal["console", "twilio"] = Field(
        "console", examples=["twilio"], description="`console` keeps texts for the outbox page"
    )
    twilio_account_sid: str = Field(
        "", examples=["AC0123456789abcdef0123456789abcdef"], description="the account that sends texts"
    )
    twilio_auth_token: str = Field(
        "", examples=["32 characters"], description="its secret, by which webhooks of Twilio are checked too"
    )
    twilio_from: str = Field("", examples=["+15550001111"], description="the number that texts come from")
    webhook_networks: Annotated[Words, AfterValidator(_networks)] = Field(
        [],
        examples=["10.20.0.0/16"],
        description="private networks in which webhooks may be delivered, over plain HTTP too",
    )
    webhook_timeout_seconds: float = Field(
        15.0, gt=0, le=20, examples=["15"], description="how many seconds a webhook's receiver may take"
    )
    sentry_dsn: str = Field(
        "", examples=["https://key@sentry.example.org/1"], description="where failures are reported"
    )
    twilio_url: str = Field(
        "https://api.twilio.com", examples=["https://api.twilio.com"], description="where Twilio's API is called"
    )

    @property
    def debug(self) -> bool:
        """Tell whether this is a development start."""
        return self.env == "development"

    @property
    def sms(self) -> Literal["twilio", "simulator", "off"]:
        """Return how text messages are sent; the stand-in is there in development alone."""
        return "twilio" if self.sms_provider == "twilio" else "simulator" if self.debug else "off"

    @property
    def sms_sender(self) -> str:
        """Return the number, or the messaging service, that texts come from."""
        return self.twilio_from

    @property
    def is_postgres(self) -> bool:
        """Tell whether the data lives in PostgreSQL."""
        return self.database_url.startswith(("postgres://", "postgresql://"))


S = TypeVar("S", bound=Settings)


def read_settings(cls: type[S], system: str, environ: Mapping[str, str], *, alone: bool, **given: Any) -> S:
    """Read the settings of one system.

    `given` wins over LIVEFLOOR_<SYSTEM>_X, then LIVEFLOOR_X, then (when `alone`) X; each may be given as X_FILE, the name
    of the file that holds it. Raises SettingError with the variable's name and an example.
    """
    found: dict[str, Any] = {}
    source: dict[str, str] = {}
    for name in cls.model_fields:
        prefixes = [f"LIVEFLOOR_{system.upper()}_", "LIVEFLOOR_", *([""] if alone else [])]
        for prefix in prefixes:
            variable = prefix + name.upper()
            if variable == "DATA":
                continue
            if environ.get(variable, "") != "":
                found[name], source[name] = environ[variable], variable
                break
            if environ.get(f"{variable}_FILE", "") != "":
                found[name], source[name] = _content(f"{variable}_FILE", environ), f"{variable}_FILE"
                break
    if alone and "env" not in found and environ.get("DEBUG"):
        found["env"] = "development" if environ["DEBUG"].lower() in {"1", "true", "yes", "on"} else "production"
        source["env"] = "DEBUG"
    found.update({name: value for name, value in given.items() if value is not None})
    try:
        settings = cls(**found)
    except ValidationError as error:
        lines = []
        for item in error.errors():
            name = str(item["loc"][0])
            field = cls.model_fields.get(name)
            example = field.examples[0] if field and field.examples else ""
            variable = source.get(name, f"LIVEFLOOR_{name.upper()}")
            lines.append(
                f"{variable}: {item['msg'].lower().removeprefix('value error, ')}; for example {variable}={example}"
            )
        raise SettingError("\n".join(lines)) from error
    return settings


def _content(variable: str, environ: Mapping[str, str]) -> str:
    try:
        return Path(environ[variable]).read_text().strip()
    except OSError as error:
        raise SettingError(
            f"{variable}: cannot be read ({error.strerror}); for example {variable}=/run/secrets/x"
        ) from error


def kept_secret(settings: Settings, name: str, variable: str, given: str) -> str:
    """Return the secret given by `variable`, or the one kept in the data folder, made at first start (mode 0600).

    Raises SettingError when a given one is a sample or shorter than 32 bytes in production.
    """
    if given:
        if not settings.debug and (len(given.encode()) < 32 or given.lower() in SAMPLE_SECRETS):
            raise SettingError(
                f"{variable}: shorter than 32 bytes or a sample; for example {variable}={secrets.token_urlsafe(48)}"
            )
        return given
    return kept(settings, name, lambda: secrets.token_urlsafe(48))


def kept(settings: Settings, name: str, make: Callable[[], str]) -> str:
    """Return what the data folder keeps by a name among its secrets, made at first start (mode 0600)."""
    folder = settings.data / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        whole = folder / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        # The name is given to a whole file: of several processes that start at once one wins, and no other reads half.
        with contextlib.suppress(FileExistsError):
            os.link(whole, path)
        whole.unlink()
    return path.read_text().strip()
