"""Leaves a test out where what it needs is missing; in CI nothing may be left out."""

import os
from typing import NoReturn

import pytest


def leave_out(sentence: str) -> NoReturn:
    """Skip the test that asks, with *sentence* as the reason; fail it where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
