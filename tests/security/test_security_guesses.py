"""Guessing passwords fills neither memory nor the database."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.auth import passwords
from api.auth.accounts import sign_in
from api.wiring import Service
from core.clock import FixedClock
from core.errors import NotSignedIn
from storage.records.accounts import SignInAttempt


def test_names_that_nobody_tries_any_more_are_forgotten(
    service: Service, clock: FixedClock
) -> None:
    def guess(name: str) -> None:
        with pytest.raises(NotSignedIn):
            sign_in(service.records, name, "a-wrong-password", service.clock, service.ids)

    guess("first")
    clock.advance(timedelta(days=1, seconds=1))
    guess("second")
    with service.records.read() as session:
        assert session.scalars(select(SignInAttempt.subject)).all() == ["second"]


def test_only_a_few_hashes_are_made_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, counting = 0, 0, threading.Lock()
    full = threading.Event()

    class Slow:
        def verify(self, _stored: str, _password: str) -> bool:
            nonlocal at_once, most
            with counting:
                at_once += 1
                most = max(most, at_once)
            full.wait(0.05)
            with counting:
                at_once -= 1
            return True

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [
        threading.Thread(target=passwords.verify_password, args=("x", "y")) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most <= 4
