"""What the tests of cases share: a desk with two own brands, two people and a policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alerts_counter import Counter
from alerts_desk import START, Desk

from alerts.policy import ensure_policy
from storage.records import Records
from storage.records.accounts import User
from storage.records.watch import Brand
from storage.search import EmbeddedMentionIndex


@pytest.fixture
def desk(records: Records) -> Desk:
    """A workspace of its own."""
    made = Desk(records)
    with records.write() as session:
        for brand_id, name in (("brand_own", "星澜科技"), ("brand_two", "星澜食品")):
            session.add(Brand(id=brand_id, name=name, role="own", created_at=START))
        for user_id, name in (("user_lin", "林岚"), ("user_zhou", "周航")):
            session.add(
                User(
                    id=user_id,
                    username=user_id,
                    display_name=name,
                    role="brand_manager",
                    email=f"{user_id}@example.cn",
                    password_hash="",
                    created_at=START,
                )
            )
        ensure_policy(session, made.ids, made.clock, recipients=["pr@example.cn"])
    return made


@pytest.fixture
def counter(desk: Desk, tmp_path: Path) -> Iterator[Counter]:
    """The desk with an empty index."""
    index = EmbeddedMentionIndex(tmp_path / "search.sqlite")
    yield Counter(desk, index)
    index.close()
