"""A data folder with one own brand, its recipients and a mail server that keeps what it gets."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from alerts.policy import ensure_policy
from api.wiring import Service, open_service
from core.settings import Settings
from core.workspace import use_workspace
from sentiment.brands import BrandInput, add_brand
from tests.faults.processes import Installation
from tests.smtp_server import AnyPort

# What has no short form is no part of the suite.
collect_ignore = (
    [] if os.environ.get("SHENGYU_LONG_FAULTS") == "1" else ["test_faults_on_a_cluster.py"]
)
RECIPIENTS = ("duty@example.cn", "pr@example.cn")


@dataclass
class Mailbox:
    """An SMTP handler that counts deliveries by recipient and Message-ID."""

    received: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the Message-ID of what came."""
        from email import message_from_bytes

        message = message_from_bytes(envelope.content)
        self.received[envelope.rcpt_tos[0], str(message["Message-ID"])] += 1
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A real mail server on a free port of loopback."""
    box = Mailbox()
    controller = AnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    yield box, controller.port
    controller.stop()


@pytest.fixture
def installation(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[Installation]:
    """A data folder whose processes mail to ``mailbox``."""
    made = Installation(tmp_path / "data", {"SHENGYU_SMTP_URL": f"smtp://127.0.0.1:{mailbox[1]}"})
    made.data_dir.mkdir()
    use_workspace(made.data_dir, "main")
    yield made
    made.end_all()


@pytest.fixture
def service(installation: Installation) -> Iterator[Service]:
    """The same workspace opened here, with a brand and people to tell."""
    settings = Settings(data_dir=installation.data_dir, sample="off")
    opened = open_service(settings, use_workspace(installation.data_dir, "main"))
    with opened.records.write() as session:
        given = BrandInput("星澜科技", "own", aliases=["星澜"])
        add_brand(session, given, "test", opened.clock, opened.ids)
        ensure_policy(session, opened.ids, opened.clock, recipients=RECIPIENTS)
    yield opened
    opened.close()
