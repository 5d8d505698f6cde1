"""Settings: where they come from, and that a wrong one is named with an example."""

from pathlib import Path

import pytest

from livefloor import SettingError, Settings
from livefloor.kernel.settings import kept_secret, read_settings


def test_the_nearest_name_wins() -> None:
    """A system's own name goes before the common one, and that before the spec's alias."""
    environ = {
        "LIVEFLOOR_SHOP_BACKUPS": "3",
        "LIVEFLOOR_BACKUPS": "4",
        "BACKUPS": "5",
        "CORS_ORIGINS": "https://a, https://b",
    }
    settings = read_settings(Settings, "shop", environ, alone=True)
    assert settings.backups == 3
    assert settings.cors_origins == ["https://a", "https://b"]
    assert read_settings(Settings, "other", environ, alone=True).backups == 4
    assert read_settings(Settings, "other", {"BACKUPS": "5"}, alone=True).backups == 5
    assert read_settings(Settings, "other", {"BACKUPS": "5"}, alone=False).backups == 14


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LIVEFLOOR_SHOP_BACKUPS", "many"),
        ("LIVEFLOOR_ENV", "prod"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "1"),
        ("DATABASE_URL", "mysql://me@here/shop"),
        ("DATABASE_URL", "postgresql+psycopg://me@here/shop"),
    ],
)
def test_a_wrong_setting_is_named_with_an_example(variable: str, value: str) -> None:
    """The refusal says the variable as it was set."""
    with pytest.raises(SettingError, match=f"{variable}: .*for example {variable}="):
        read_settings(Settings, "shop", {variable: value}, alone=True)


def test_debug_false_means_production() -> None:
    """The seed's own switch is an alias."""
    assert read_settings(Settings, "shop", {"DEBUG": "false"}, alone=True).env == "production"
    assert read_settings(Settings, "shop", {"DEBUG": "true"}, alone=True).debug


def test_a_missing_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    """The same secret at the next start, readable by its owner alone; a sample is refused in production."""
    settings = Settings(data=tmp_path)
    made = kept_secret(settings, "key", "KEY", "")
    assert kept_secret(settings, "key", "KEY", "") == made and len(made) >= 32
    assert (tmp_path / "secrets" / "key").stat().st_mode & 0o777 == 0o600
    for weak in ("change-me", "short"):
        with pytest.raises(SettingError, match="KEY"):
            kept_secret(Settings(data=tmp_path, env="production"), "key", "KEY", weak)


def test_addresses_of_databases() -> None:
    """Each way of writing one leads to the driver that there is; what leads to none is refused above, not taken for SQLite."""
    for given, is_postgres in (("postgresql+asyncpg://me@here/shop", True), ("sqlite+aiosqlite:///shop.db", False)):
        settings = read_settings(Settings, "shop", {"DATABASE_URL": given}, alone=True)
        assert (settings.is_postgres, "asyncpg" in settings.database_url) == (is_postgres, False)
