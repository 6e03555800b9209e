"""SnowNLP itself, as shipped and retrained, with its slowest part done quicker.

Everything runs through SnowNLP's own classes but the cutting into words, which gives the same words
some ten times as fast (``sentiment.engines.segmentation``); ``disagreements`` holds it to that in
every run. Speed is measured on the package as it is: see ``bench.sentiment.probe``.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from sys import intern

from snownlp import normal, seg
from snownlp.sentiment import Sentiment

from sentiment.engines.snownlp import segmenter
from sentiment.training.data import NEGATIVE, POSITIVE, Rows

NAME = f"SnowNLP {version('snownlp')}"


class QuickSentiment(Sentiment):  # type: ignore[misc]
    """SnowNLP's classifier, each text cut into words once for all classifiers."""

    def handle(self, doc: str) -> Sequence[str]:
        """Return the words of a text that count."""
        return words(doc)


def shipped() -> QuickSentiment:
    """Return the classifier with the word counts that the package comes with."""
    found = QuickSentiment()
    found.load()
    return found


def retrained(parts: Sequence[Rows]) -> QuickSentiment:
    """Return the classifier taught by the negative and positive rows of *parts*."""
    negative, positive = (
        [
            text
            for rows in parts
            for text, label in zip(rows.texts, rows.labels.tolist(), strict=True)
            if label == wanted
        ]
        for wanted in (NEGATIVE, POSITIVE)
    )
    found = QuickSentiment()
    found.train(negative, positive)
    return found


def disagreements(texts: Sequence[str]) -> int:
    """Return how many of *texts* SnowNLP's own code cuts into other words."""
    own = Sentiment()
    return sum(tuple(own.handle(text)) != words(text) for text in texts)


@cache
def words(text: str) -> tuple[str, ...]:
    """Return the words of *text* as ``snownlp.seg.seg`` cuts them, without its stop words."""
    found: list[str] = []
    for part in seg.re_zh.split(text):
        run = part.strip()
        if run:
            found += segmenter().words(run) if seg.re_zh.match(run) else run.split()
    return tuple(map(intern, normal.filter_stop(found)))
