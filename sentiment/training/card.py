"""The model card: what the weights are, what they were learned from, and how well they do."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from math import isnan
from typing import Final

from sentiment.engines.ngram_model import VERSION
from sentiment.training.data import DataSet
from sentiment.training.measure import AlarmPoint, Measured, mean_figures

FIGURES: Final = (  # the columns of a table, as ``Figures`` names them
    "polarity",
    "negative F1",
    "false alarms",
    "negative recall",
    "p_negative error",
)

# Where the sets that the shipped weights were learned from come from: GitHub, the last from here.
_ORIGINS: Final = {
    "weibo2018": "Weibo posts, dengxiuqi/weibo2018",
    "ewect_virus": "Weibo posts of the epidemic, SMP2020-EWECT, BrownSweater/BERT_SMP2020-EWECT",
    "nlpccweibo": "Weibo emotion, NLPCC, spianmo/MultiClassify_LSTM_ForChinese",
    "weibo100k_sub": "Weibo, labels likely from emoticons, forever1986/bert_task",
    "news3": "news headline and lead, CCF BDCI 2019, U-Help/DS2019",
    "finseed": "finance headlines, wwwxmu/Dataset-of-financial-news-sentiment-classification",
    "stock": "stock forum posts, algosenses/Stock_Market_Sentiment_Analysis",
    "car": "car forum, mostly neutral, CCF BDCI 2018, "
    "LiuChiachi/2018-ccf-bdci-sentimental-recognition",
    "htl": "hotel reviews, SophonPlus/ChineseNlpCorpus",
    "waimai": "take-away reviews, SophonPlus/ChineseNlpCorpus",
    "shop10": "shopping reviews, SophonPlus/ChineseNlpCorpus",
    "nlpcc14sc": "product reviews, HIT-SCIR-chichi/hit_sentiment_analysis",
    "rev3": "product reviews, sulingran/ChineseSentimentAnalysis-3Class-CNN",
    "weibo_emotion": "Weibo emotion, noisy labels, spianmo/MultiClassify_LSTM_ForChinese",
    "covid_emotion": "Weibo emotions of the epidemic, "
    "COVID-19-Weibo-data/COVID-19-sentiment-analysis-dataset-Weibo",
    "hard_language": "our own: negation, contrast, comparison, irony and their kin, from templates",
}

_TEXT: Final = """# Model card: ngram-{version}

A linear model over hashed character 1- to 3-grams, and 1- and 2-grams marked as negated, that gives
a Chinese text probabilities of negative, neutral and positive. It is the default sentiment engine;
`sentiment/training` holds its making. Made on {day} by

    {command}

from the sets below. The weights are ours; **the texts' own licences are unclear.** No text is kept
in the weights: they are sums over hashed grams.

## Sets
Fitted to the train rows, calibrated on the dev rows, which were left out of the fit.

| set | source type | train rows | dev rows | neutral | what it is |
|---|---|---|---|---|---|
{sets}

## Figures on the dev rows
Polarity is the accuracy on rows labelled positive or negative, false alarms are neutral rows called
negative, negative recall is the share of negative rows called so, and the error of `p_negative` is
its expected calibration error over 15 equal bins. The calibration has seen these rows (four figures
for each source type).

{dev}

## Figures on a set that was left out
Fitted and calibrated without the set, measured on all of its rows. This is what to expect on texts
of a kind that it has not seen.

{unseen}

## Alarms
Of the dev rows of the sets with neutral texts, each set with the same say: how often a text with
`p_negative` at or above the threshold is negative, and the share of the negative ones it finds.

| threshold | precision | recall |
|---|---|---|
{alarms}

## Limits
- It adds up short runs of characters. Irony, rhetorical questions, and negation or contrast beyond
  eight characters escape it; praise in form with blame in meaning comes out positive.
- Labels of the Weibo sets tell a writer's mood, not always a stand towards somebody.
- In finance nothing was labelled neutral, so its neutral share rests on the other source types.
- Texts beyond some 500 characters count as no more evidence than that, and few were learned from.
"""


NONE_LEFT_OUT: Final = "None was left out in this run."


@dataclass(frozen=True)
class Findings:
    """Everything a card tells."""

    sets: Sequence[DataSet]
    dev: Measured
    unseen: Measured
    alarms: Sequence[AlarmPoint]
    command: str
    day: date


def model_card(found: Findings) -> str:
    """Return the card, in Markdown."""
    return _TEXT.format(
        version=VERSION,
        day=found.day.isoformat(),
        command=found.command,
        sets="\n".join(set_row(data) for data in found.sets),
        dev=figures_table(found.dev),
        unseen=figures_table(found.unseen) if found.unseen.by_set else NONE_LEFT_OUT,
        alarms="\n".join(
            f"| {point.threshold:.2f} | {decimal(point.precision)} | {decimal(point.recall)} |"
            for point in found.alarms
        ),
    )


def figures_table(measured: Measured) -> str:
    """Return one row a set and the mean, in Markdown, and the pooled figure below."""
    rows = {**measured.by_set, "**mean**": mean_figures(list(measured.by_set.values()))}
    lines = [f"| {name} | {' | '.join(map(decimal, astuple(row)))} |" for name, row in rows.items()]
    head = f"| set | {' | '.join(FIGURES)} |\n|{'---|' * (len(FIGURES) + 1)}"
    return "\n".join([head, *lines, "", pooled_line(decimal(measured.pooled_calibration_error))])


def pooled_line(error: str) -> str:
    """Return the sentence below a table that tells the figure of the sets together."""
    return f"Error of `p_negative`, rows pooled by source type, mean of the types: {error}."


def decimal(value: float) -> str:
    """Return three places without the leading zero, as the field writes it; a dash for NaN."""
    return "–" if isnan(value) else f"{value:.3f}".removeprefix("0")


def set_row(data: DataSet) -> str:
    """Return the row of a set in a card, in Markdown."""
    neutral = "yes" if data.has_neutral else "no"
    about = _ORIGINS.get(data.name, "not described")
    sizes = f"{len(data.train):,} | {len(data.dev):,}"
    return f"| {data.name} | {data.source_type} | {sizes} | {neutral} | {about} |"
