"""Where the real servers of a test run are: a file that SHENGYU_TEST_SERVERS names."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from left_out import leave_out

# Read once: every test runs with an environment without settings.
_PATH = os.environ.get("SHENGYU_TEST_SERVERS")


@dataclass(frozen=True)
class Elasticsearch:
    """An Elasticsearch server and the user that the tests are."""

    url: str
    username: str
    password: str


@dataclass(frozen=True)
class S3:
    """An S3 server, *endpoint* with its scheme, and the keys of the tests."""

    endpoint: str
    access_key: str
    secret_key: str


def database_url() -> str:
    """Return a PostgreSQL address, SQLAlchemy form, whose user may create databases."""
    return str(_told("database_url", "PostgreSQL"))


def elasticsearch() -> Elasticsearch:
    """Return the Elasticsearch server, or leave the test out."""
    return Elasticsearch(**_told("elasticsearch", "Elasticsearch"))


def s3() -> S3:
    """Return the S3 server, or leave the test out."""
    return S3(**_told("s3", "an S3 server"))


def _told(name: str, what: str) -> Any:
    told = {} if _PATH is None else json.loads(Path(_PATH).read_text(encoding="utf-8"))
    if name not in told:
        leave_out(
            f"This test needs {what}: run scripts/servers start and set SHENGYU_TEST_SERVERS "
            "to the file that it names."
        )
    return told[name]
