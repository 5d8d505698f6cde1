"""What the laundry can be told from outside, and what must hold before it serves in production."""

import ipaddress

from pydantic import Field, ValidationInfo, field_validator

from livefloor import SettingError, Settings, Words, kept_secret
from livefloor.kernel.settings import SAMPLE_SECRETS

MIN_ROUNDS = 4
"""The least cost that bcrypt knows: for tests, and for demo accounts, whose PINs everybody knows."""


class LaundrySettings(Settings):
    """The settings of the laundry beside those of every system."""

    bcrypt_rounds: int = Field(
        10,
        ge=MIN_ROUNDS,
        le=14,
        examples=["10"],
        description="the cost of hashing PINs; below 10 only with the test clock",
    )
    machines_per_type: int = Field(
        6,
        ge=1,
        le=99,
        examples=["6"],
        description="how many washers and dryers the first start makes; later the table rules",
    )
    fault_report_disable_threshold: int = Field(
        3,
        ge=1,
        le=20,
        examples=["3"],
        description="after how many reports a machine is out of order, at the first start; later the room's settings rule",
    )
    pin_pepper: str = Field(
        "",
        examples=["64 random characters"],
        description="goes into each PIN's hash; made at the first start like `SECRET_KEY`, and never to be changed",
    )
    campus_networks: Words = Field(
        [],
        examples=["10.20.0.0/16,2001:db8::/32"],
        description="networks whose shared addresses get five times the guards' limits",
    )

    @field_validator("bcrypt_rounds")
    @classmethod
    def _costly(cls, value: int, info: ValidationInfo) -> int:
        """Take a cost below 10 only where the clock can be moved, which is never in production."""
        if value < 10 and not (info.data.get("env") == "development" and info.data.get("test_clock")):
            raise ValueError("Input should be greater than or equal to 10")
        return value

    @field_validator("campus_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        return [str(ipaddress.ip_network(network, strict=False)) for network in value]


def secrets_of(settings: Settings) -> dict[str, str]:
    """Return the secrets of the laundry: those given, else those made at the first start. Raises SettingError."""
    assert isinstance(settings, LaundrySettings)
    check_production(settings)
    return {"pin_pepper": kept_secret(settings, "pin_pepper", "LIVEFLOOR_LAUNDRY_PIN_PEPPER", settings.pin_pepper)}


def check_production(settings: LaundrySettings) -> None:
    """Refuse to serve in production with weak secrets or with every origin let in (R63). Raises SettingError."""
    if settings.debug:
        return
    wrong = []
    example = "64 random characters, e.g. from `openssl rand -base64 48`"
    for variable, value in (("SECRET_KEY", settings.secret_key), ("PIN_PEPPER", settings.pin_pepper)):
        if value and (len(value.encode()) < 32 or value.lower() in SAMPLE_SECRETS):
            wrong.append(f"{variable}: shorter than 32 bytes or a sample; for example {variable}={example}")
    if settings.pin_pepper and settings.pin_pepper == settings.secret_key:
        wrong.append(f"PIN_PEPPER: equal to SECRET_KEY; for example PIN_PEPPER={example}")
    if "*" in settings.cors_origins:
        wrong.append("CORS_ORIGINS: lets every page in; for example CORS_ORIGINS=https://laundry.example.org")
    if wrong:
        raise SettingError("\n".join(wrong))
