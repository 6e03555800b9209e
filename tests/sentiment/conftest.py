"""One loaded scorer of each kind for the whole session: reading SnowNLP's data takes seconds."""

import pytest

from sentiment.scorer import Scorer, load_scorer


@pytest.fixture(scope="session")
def snownlp() -> Scorer:
    """The second engine, loaded."""
    scorer = load_scorer("snownlp")
    scorer.score(["你好"])
    return scorer


@pytest.fixture(scope="session")
def ngram() -> Scorer:
    """The default engine, loaded."""
    return load_scorer("ngram")


@pytest.fixture(params=["ngram", "snownlp"])
def scorer(request: pytest.FixtureRequest) -> Scorer:
    """Every engine there is."""
    engine: Scorer = request.getfixturevalue(request.param)
    return engine
