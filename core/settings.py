"""Every setting of the service, in one place; docs/settings.md lists them, held by a test.

Unset means embedded: files under the data folder and no server at all.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from core.errors import SettingsError

PREFIX = "SHENGYU_"
Switch = Literal["on", "off"]

# Settings that hold secrets may come from a file: the same name with _FILE.
_SERVER_SETTINGS = ("database_url", "elasticsearch_url", "s3_endpoint")


class Settings(BaseSettings):
    """What the environment or an env file says; see docs/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    data_dir: Path = Field(Path("data"), description="Folder of everything embedded")
    host: str = Field("127.0.0.1", description="Address the web process listens on")
    port: int = Field(8000, ge=1, le=65535, description="Port the web process listens on")
    public_url: str | None = Field(None, description="Address that people use, for links in mail")
    timezone: str = Field("Asia/Shanghai", description="Zone of every time on screen")
    secret_key: SecretStr | None = Field(
        None, description="Signs sessions and links; made and kept in the data folder when embedded"
    )
    admin_password: SecretStr | None = Field(
        None, description="Password of the first user, admin; else a one-time one is printed"
    )
    sample: Switch = Field("on", description="Load the sample workspace into an empty data folder")
    scorer: Literal["snownlp"] = Field("snownlp", description="Sentiment engine")
    allow_private: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="host:port pairs on private addresses that crawls may reach, comma list"
    )
    contact: str | None = Field(
        None, description="Address or URL that crawls name in their user agent"
    )
    smtp_url: SecretStr | None = Field(
        None, description="Mail server; unset writes .eml files into the data folder"
    )
    mail_from: str = Field("shengyu@localhost", description="Sender of alert mails")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least important level of the logs on stderr"
    )

    database_url: SecretStr | None = Field(None, description="Database server, SQLAlchemy form")
    elasticsearch_url: str | None = Field(None, description="Elasticsearch server")
    elasticsearch_username: str | None = Field(None, description="Elasticsearch user")
    elasticsearch_password: SecretStr | None = Field(None, description="Elasticsearch password")
    elasticsearch_api_key: SecretStr | None = Field(None, description="Elasticsearch API key")
    elasticsearch_ca_file: Path | None = Field(None, description="Certificate authority")
    s3_endpoint: str | None = Field(None, description="Object store, with scheme")
    s3_access_key: SecretStr | None = Field(None, description="Object store access key")
    s3_secret_key: SecretStr | None = Field(None, description="Object store secret key")
    s3_bucket: str | None = Field(None, description="Object store bucket")
    s3_region: str | None = Field(None, description="Object store region")
    s3_public_endpoint: str | None = Field(None, description="Object store as browsers reach it")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone; example: Asia/Shanghai") from error
        return value

    @field_validator("allow_private", mode="before")
    @classmethod
    def _split_pairs(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = tuple(part.strip() for part in value.split(",") if part.strip())
        for pair in pairs:
            _host, _, port = pair.rpartition(":")
            if not _host or not port.isdigit() or not 0 < int(port) < 65536:
                raise ValueError(f"{pair!r} is no host:port pair; example: 127.0.0.1:8080")
        return pairs

    @field_validator("public_url")
    @classmethod
    def _http_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must start with http:// or https://; example: https://pr.example.cn")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _mail_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
                raise ValueError(
                    "must start with smtp://, smtps:// or smtp+starttls://; "
                    "example: smtps://user:password@mail.example.cn:465"
                )
        return value

    @field_validator(*_SERVER_SETTINGS)
    @classmethod
    def _embedded_only(cls, value: Any) -> Any:
        if value is not None:
            raise ValueError(
                "this version runs embedded only; unset it and the data folder is used instead"
            )
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def loopback(self) -> str:
        """The address at which this machine reaches its own web process."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::", "localhost"} else self.host  # noqa: S104

    @property
    def base_url(self) -> str:
        """The address that links in mails begin with, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the environment before the env file; the caller's values come first."""
        return init_settings, env_settings, dotenv_settings


def load_settings(
    env_file: Path | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the environment and *env_file* (default ``.env`` where it exists).

    *environ* is asked only for the ``_FILE`` forms of secrets; it defaults to ``os.environ``.
    Raises ``SettingsError`` that names the setting, its fault and an example.
    """
    if env_file is not None and not env_file.is_file():
        raise SettingsError(
            f"--env-file {env_file}: no such file. Create it or leave the option out."
        )
    path = env_file or Path(".env")
    try:
        values: dict[str, Any] = {"_env_file": path, **_secrets_from_files(path, environ)}
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_sentences(error)) from error


def _secrets_from_files(env_file: Path, environ: Mapping[str, str] | None) -> dict[str, str]:
    import os

    from dotenv import dotenv_values

    values: dict[str, str | None] = dict(dotenv_values(env_file)) if env_file.is_file() else {}
    values |= os.environ if environ is None else environ
    found: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        key = f"{PREFIX}{name.upper()}_FILE"
        path = values.get(key)
        if not path or "SecretStr" not in str(field.annotation):
            continue
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{key}: cannot read {path} ({error.strerror}).") from error
    return found


def _sentences(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        name = PREFIX + ".".join(str(part) for part in fault["loc"]).upper()
        lines.append(f"{name}: {fault['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines)
