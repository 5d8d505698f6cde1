"""What the coffee service can be told from outside, and what must hold before it serves in production."""

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from livefloor import SettingError, Settings
from livefloor.kernel.settings import SAMPLE_SECRETS


class CoffeeSettings(Settings):
    """The settings of the coffee service beside those of every system."""

    jwt_secret: str = Field("", examples=["64 random characters"], description="this system's name for `SECRET_KEY`")
    jwt_secret_previous: str = Field(
        "",
        examples=["the one before, while it is changed"],
        description="the one before, while it is changed: what it signed counts until it ends",
    )
    access_token_expire_minutes: int = Field(
        15, ge=5, le=60, examples=["15"], description="how long an access token holds"
    )
    admin_username: str = Field(
        "",
        pattern=r"^([a-z0-9._-]{3,32})?$",
        examples=["ada"],
        description="the first admin of an empty database, once",
    )
    admin_password: str = Field("", examples=["at least 10 characters, once"], description="the first admin's password")
    public_url: str = Field(
        "http://localhost:5001",
        pattern=r"^https?://[^/]+(/.*)?$",
        examples=["https://coffee.example.org"],
        description="where guests and Twilio reach this server",
    )
    sms_transport: Literal["twilio", "simulator", "off", ""] = Field(
        "", examples=["twilio"], description="unless given the simulator in development, off in production"
    )
    twilio_auth_token_previous: str = Field(
        "",
        examples=["the one before, while it is changed"],
        description="the one before, while it is changed: webhooks signed by either pass",
    )
    twilio_auth_token_set_at: date | None = Field(
        None, examples=["2025-03-01"], description="the day on which the token was made; the start warns after 90 days"
    )
    twilio_messaging_service_sid: str = Field(
        "", examples=["MG0123456789abcdef0123456789abcdef"], description="in the place of `TWILIO_FROM`"
    )

    @model_validator(mode="before")
    @classmethod
    def _one_secret(cls, values: Any) -> Any:
        """Take JWT_SECRET for the secret that signs tokens; it is this system's name for it."""
        if values.get("jwt_secret") and not values.get("secret_key"):
            return {**values, "secret_key": values["jwt_secret"]}
        return values

    @model_validator(mode="before")
    @classmethod
    def _pages_in_development(cls, values: Any) -> Any:
        """Let the pages of the usual development servers call, where nothing else is said (section 6)."""
        if values.get("env", "development") == "development" and not values.get("cors_origins"):
            return {**values, "cors_origins": ["http://localhost:3000", "http://localhost:5173"]}
        return values

    @property
    def sms_sender(self) -> str:
        """Return the messaging service, else the number, that texts come from."""
        return self.twilio_messaging_service_sid or self.twilio_from

    @property
    def sms(self) -> Literal["twilio", "simulator", "off"]:
        """Return how texts are sent: as told, else by the simulator in development and not at all in production."""
        return self.sms_transport or ("simulator" if self.debug else "off")


def secrets_of(settings: Settings) -> dict[str, str]:
    """Return the secrets beside the platform's; refuse what production must not serve with (section 3). Raises SettingError."""
    assert isinstance(settings, CoffeeSettings)
    if not settings.debug:
        example = "64 random characters, e.g. from `openssl rand -base64 48`"
        secret = settings.secret_key
        if len(secret.encode()) < 32 or secret.lower() in SAMPLE_SECRETS:
            raise SettingError(
                f"LIVEFLOOR_JWT_SECRET: missing, shorter than 32 bytes or a sample; for example LIVEFLOOR_JWT_SECRET={example}"
            )
        if "*" in settings.cors_origins:
            raise SettingError(
                "LIVEFLOOR_CORS_ORIGINS: lets every page in; for example LIVEFLOOR_CORS_ORIGINS=https://coffee.example.org"
            )
    if settings.sms == "twilio":
        _check_twilio(settings)
    return {"secret_key_previous": settings.jwt_secret_previous} if settings.jwt_secret_previous else {}


def _check_twilio(settings: CoffeeSettings) -> None:
    missing = [
        variable
        for variable, value in (
            ("TWILIO_ACCOUNT_SID", settings.twilio_account_sid),
            ("TWILIO_AUTH_TOKEN", settings.twilio_auth_token),
            (
                "TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID",
                settings.twilio_from or settings.twilio_messaging_service_sid,
            ),
        )
        if not value
    ]
    if missing:
        raise SettingError(f"{', '.join(missing)}: needed for SMS_TRANSPORT=twilio; without texts SMS_TRANSPORT=off")
