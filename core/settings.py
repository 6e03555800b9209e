"""Every setting of the service, in one place; docs/settings.md lists them, held by a test.

Unset means embedded: files under the data folder and no server at all.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from core.errors import SettingsError

PREFIX = "SHENGYU_"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256
Switch = Literal["on", "off"]

# Each of these puts one store on a server; unset, that store is embedded.
_SERVERS = ("database_url", "elasticsearch_url", "s3_endpoint")
_POSTGRESQL = {"postgresql", "postgresql+psycopg"}
# What names of indices and buckets may be, on every server that we know.
_PREFIX_FORM = re.compile(r"[a-z][a-z0-9-]{0,40}")
_BUCKET_FORM = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# Sources name their secrets themselves, so these settings have no fixed names.
_SOURCE_SECRET = re.compile(PREFIX + r"SOURCE_SECRET_([A-Z0-9][A-Z0-9_]{0,63})")


class Settings(BaseSettings):
    """What the environment or an env file says; see docs/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
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
    scorer: Literal["ngram", "snownlp"] = Field("ngram", description="Sentiment engine")
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
    retention_months: int | None = Field(
        None, ge=1, le=1200, description="Whole months that mentions are kept; unset keeps all"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least important level of the logs on stderr"
    )

    database_url: SecretStr | None = Field(None, description="PostgreSQL, SQLAlchemy form")
    elasticsearch_url: str | None = Field(
        None, description="Elasticsearch; a comma list names several nodes of one cluster"
    )
    elasticsearch_username: str | None = Field(None, description="Elasticsearch user")
    elasticsearch_password: SecretStr | None = Field(None, description="Elasticsearch password")
    elasticsearch_api_key: SecretStr | None = Field(None, description="Elasticsearch API key")
    elasticsearch_ca_file: Path | None = Field(None, description="Certificate authority")
    elasticsearch_prefix: str = Field("shengyu", description="What our indices' names begin with")
    elasticsearch_shards: int = Field(
        1, ge=1, le=64, description="Shards of the index of one month, for months yet to come"
    )
    s3_endpoint: str | None = Field(None, description="Object store, with scheme")
    s3_access_key: SecretStr | None = Field(None, description="Object store access key")
    s3_secret_key: SecretStr | None = Field(None, description="Object store secret key")
    s3_bucket: str = Field("shengyu", description="Object store bucket")
    s3_region: str | None = Field(None, description="Object store region")
    s3_public_endpoint: str | None = Field(None, description="Object store as browsers reach it")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: Asia is a folder
            raise ValueError("no such time zone; example: Asia/Shanghai") from error
        return value

    @field_validator("admin_password")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not SHORTEST_PASSWORD <= len(value) <= LONGEST_PASSWORD:
            raise ValueError(
                f"needs {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; "
                "example: three-words-of-yours"
            )
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
        if not _has_form(value, {"http", "https"}):
            raise ValueError("must start with http:// or https://; example: https://pr.example.cn")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _mail_address(cls, value: SecretStr | None) -> SecretStr | None:
        schemes = {"smtp", "smtps", "smtp+starttls"}
        if value is not None and not _has_form(value.get_secret_value(), schemes):
            raise ValueError(
                "must start with smtp://, smtps:// or smtp+starttls://; "
                "example: smtps://user:password@mail.example.cn:465"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _has_form(value.get_secret_value(), _POSTGRESQL):
            raise ValueError(
                "must be the address of a PostgreSQL database; "
                "example: postgresql://shengyu:password@db.example.cn:5432/shengyu"
            )
        return value

    @field_validator("elasticsearch_url")
    @classmethod
    def _search_addresses(cls, value: str | None) -> str | None:
        if value is None:
            return None
        nodes = [node.strip().rstrip("/") for node in value.split(",")]
        if not all(_has_form(node, {"http", "https"}) and "@" not in node for node in nodes):
            raise ValueError(
                "must start with http:// or https:// and hold no password; "
                "example: https://es1.example.cn:9200,https://es2.example.cn:9200"
            )
        return ",".join(nodes)

    @field_validator("s3_endpoint", "s3_public_endpoint")
    @classmethod
    def _store_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not _has_form(value, {"http", "https"}) or urlsplit(value).path.strip("/"):
            raise ValueError(
                "must be http:// or https:// with a host and no path; "
                "example: https://s3.example.cn"
            )
        return value.rstrip("/")

    @field_validator("elasticsearch_prefix")
    @classmethod
    def _index_prefix(cls, value: str) -> str:
        if not _PREFIX_FORM.fullmatch(value):
            raise ValueError("must be small letters, digits and -, up to 41 of them")
        return value

    @field_validator("s3_bucket")
    @classmethod
    def _bucket_name(cls, value: str) -> str:
        if not _BUCKET_FORM.fullmatch(value):
            raise ValueError("must be 3 to 63 small letters, digits, - and .")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        """What a server needs beside its address is told at once, all of it."""
        missing = [name for name in self._needed() if getattr(self, name) is None]
        if missing:
            names = ", ".join(f"{PREFIX}{name.upper()}" for name in missing)
            servers = ", ".join(f"{PREFIX}{name.upper()}" for name in self.servers)
            raise ValueError(f"{names}: must be set beside {servers}; see docs/settings.md")
        return self

    def _needed(self) -> list[str]:
        # Links and sign-ins are made by one process and verified by another, perhaps elsewhere.
        needed = ["secret_key"] if self.servers else []
        if self.s3_endpoint is not None:
            needed += ["s3_access_key", "s3_secret_key"]
        if self.elasticsearch_username is not None:
            needed.append("elasticsearch_password")
        if self.elasticsearch_password is not None:
            needed.append("elasticsearch_username")
        return needed

    _source_secrets: dict[str, SecretStr] = PrivateAttr(default_factory=dict)

    def source_secret(self, name: str) -> str | None:
        """Return what ``SHENGYU_SOURCE_SECRET_<name>`` holds for sources that name it, or None."""
        secret = self._source_secrets.get(name)
        return secret.get_secret_value() if secret else None

    @property
    def servers(self) -> tuple[str, ...]:
        """Names of the settings that put a store on a server; empty when all is embedded."""
        return tuple(name for name in _SERVERS if getattr(self, name) is not None)

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def loopback(self) -> str:
        """The host, as in a URL, at which this machine reaches its own web process."""
        if self.host in {"0.0.0.0", "::", "localhost"}:  # noqa: S104
            return "127.0.0.1"
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def base_url(self) -> str:
        """The address that links in mails begin with, without a slash at the end."""
        return self.public_url or f"http://{self.loopback}:{self.port}"

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

    *environ* is asked only for the ``_FILE`` forms of secrets and for the secrets of sources; it
    defaults to ``os.environ``.
    Raises ``SettingsError`` that names the setting, its fault and an example.
    """
    if env_file is not None and not env_file.is_file():
        raise SettingsError(
            f"--env-file {env_file}: no such file. Create it or leave the option out."
        )
    path = env_file or Path(".env")
    try:
        given = _given(path, environ)
        values: dict[str, Any] = {"_env_file": path, **_secrets_from_files(given)}
        settings = Settings(**values)
        settings._source_secrets = _source_secrets(given)
        return settings
    except ValidationError as error:
        raise SettingsError(_sentences(error)) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8. Save it as UTF-8 and start again.") from error


def _given(env_file: Path, environ: Mapping[str, str] | None) -> dict[str, str | None]:
    """Return what the env file and, before it, the environment say."""
    import os

    from dotenv import dotenv_values

    values: dict[str, str | None] = dict(dotenv_values(env_file)) if env_file.is_file() else {}
    return values | dict(os.environ if environ is None else environ)


def _source_secrets(values: Mapping[str, str | None]) -> dict[str, SecretStr]:
    found: dict[str, SecretStr] = {}
    # Names sorted: NAME_FILE comes after NAME, and the file wins.
    for key in sorted(values):
        value, named = values[key], _SOURCE_SECRET.fullmatch(key)
        if named and value and value.strip():
            if key.endswith("_FILE"):
                found[named[1].removesuffix("_FILE")] = SecretStr(_secret_in(Path(value), key))
            else:
                found[named[1]] = SecretStr(value.strip())
    return found


def _secrets_from_files(values: Mapping[str, str | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        key = f"{PREFIX}{name.upper()}_FILE"
        path = values.get(key)
        if not path or "SecretStr" not in str(field.annotation):
            continue
        found[name] = _secret_in(Path(path), key)
    return found


def _secret_in(path: Path, key: str) -> str:
    example = f"example: {key}=/run/secrets/{key.removesuffix('_FILE').lower()}"
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{key}: cannot read {path} ({error.strerror}); {example}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{key}: {path} is not UTF-8 text; {example}") from error
    if not secret:
        raise SettingsError(f"{key}: {path} is empty; {example}")
    return secret


def _has_form(url: str, schemes: set[str]) -> bool:
    """Say whether *url* has one of *schemes*, a host and, if any, a port that can be."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _sentences(error: ValidationError) -> str:
    return "\n".join(
        _sentence(fault["loc"], fault["msg"].removeprefix("Value error, "))
        for fault in error.errors(include_url=False, include_input=False)
    )


def _sentence(place: tuple[int | str, ...], fault: str) -> str:
    """Name the setting and its fault; the default serves as the example where none is given."""
    if not place:
        return fault  # of several settings together: it names them itself
    name = str(place[0])
    default = Settings.model_fields[name].default
    setting = f"{PREFIX}{name.upper()}"
    if "example: " in fault or default is None:
        return f"{setting}: {fault}"
    return f"{setting}: {fault}; example: {setting}={default}"
