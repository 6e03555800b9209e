"""One loaded scorer for the whole session: reading SnowNLP's data takes seconds."""

import pytest

from sentiment.scorer import Scorer, load_scorer


@pytest.fixture(scope="session")
def snownlp() -> Scorer:
    """The second engine, loaded."""
    scorer = load_scorer("snownlp")
    scorer.score(["你好"])
    return scorer
