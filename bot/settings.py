"""Settings: every variable of .env.example, typed. The only reader of the environment."""

import re
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the operator decides. Raises pydantic's ValidationError, which names each unusable variable."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    database_url: str = "sqlite+aiosqlite:///data/bot.db"
    keys_file: Path = Path("data/keys")
    data_dir: Path = Path("data")
    intake: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    listen: str = "127.0.0.1:8080"
    timezone: str = "Asia/Jakarta"
    send_rate: float = Field(default=25, gt=0, le=1000)
    notify_socket: str | None = None  # set by systemd
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("bot_token")
    @classmethod
    def _as_botfather_writes_it(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        if token and not re.fullmatch(r"\d+:[\w-]{3,}", token):
            raise ValueError("must look like 123456:ABC-DEF, as @BotFather gave it")
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{value!r} is not the name of a time zone") from error
        return value

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError("must be HOST:PORT")
        return value

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> "Settings":
        if self.intake == "webhook":
            if not self.webhook_url:
                raise ValueError("INTAKE=webhook needs WEBHOOK_URL")
            if len(self.webhook_secret.get_secret_value()) < 16:
                raise ValueError("INTAKE=webhook needs WEBHOOK_SECRET of at least 16 characters (A-Z a-z 0-9 _ -)")
        return self

    @property
    def listen_address(self) -> tuple[str, int]:
        host, _, port = self.listen.rpartition(":")
        return host, int(port)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
