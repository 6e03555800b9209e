"""The benchmark against SnowNLP: that its peer is SnowNLP, and that it tells what was measured."""

import gzip
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bench.sentiment.__main__ import main
from bench.sentiment.accuracy import compare_unseen, thinned
from bench.sentiment.engines import FIRST_STAGE, RETRAINED, SHIPPED
from bench.sentiment.net_card import shipped_figures, unseen_figures
from bench.sentiment.snownlp_peer import disagreements, retrained, shipped
from bench.sentiment.tables import accuracy_tables
from bench.sentiment.targets import sampled, target_table
from sentiment.training.data import DataSet, Rows
from sentiment.training.measure import Measured, Predictions
from sentiment.training.net.card import Findings, Row, net_card
from sentiment.training.target.data import load_target_sets


def rows(*texts: str, labels: list[int]) -> Rows:
    return Rows(texts, np.array(labels))


def data(name: str, good: str, bad: str) -> DataSet:
    train = rows(*[f"{word}{at}" for at in range(9) for word in (bad, good)], labels=[0, 2] * 9)
    return DataSet(name, "review", train, rows(bad, good, labels=[0, 2]))


def test_the_quicker_words_are_those_of_snownlp() -> None:
    texts = [
        "南京市长江大桥 iPhone13 真的很好，，没有不满意",
        "",
        " \n",
        "龘靐a的",
        "価格は高い 좋아요",
    ]
    assert disagreements(texts) == 0


def test_the_shipped_classifier_answers_like_the_package() -> None:
    from snownlp import SnowNLP

    for text in ("这个东西真心很赞", "质量太差了，垃圾"):
        assert shipped().classify(text) == SnowNLP(text).sentiments


def test_the_retrained_classifier_knows_its_rows_and_no_neutral_ones() -> None:
    taught = retrained(
        [rows("it pales", "it rocks", labels=[0, 2]), rows("it pales rocks", labels=[1])]
    )
    assert taught.classify("pales") < 0.5 < taught.classify("rocks")
    assert taught.classifier.total == pytest.approx(
        4
    )  # two words, "it" is none; a first sight counts twice


def test_a_set_left_out_teaches_nobody() -> None:
    sets = [data("known", "漂亮推荐", "垃圾失望"), data("strange", "垃圾失望", "漂亮推荐")]
    found = compare_unseen(sets, ["strange"], None, seed=1)
    assert list(found) == [SHIPPED, RETRAINED, FIRST_STAGE]
    for engine in (RETRAINED, FIRST_STAGE):  # they learned the words the other way round
        assert found[engine].by_set["strange"].polarity == 0
    taught = thinned(sets, 4)
    assert [len(each.train) for each in taught] == [4, 4]


def test_the_net_s_figures_are_read_from_its_card() -> None:
    labels = np.array([0, 2])
    alone, both = (
        Predictions("review", False, np.array([[p, 0, 1 - p], [0.1, 0, 0.9]]), labels)
        for p in (0.2, 0.9)
    )
    row = Row(alone, both, 0.25)
    card = net_card(Findings([], {"seen": row}, {"unseen": row}, "python", date(2026, 1, 2)))
    found = unseen_figures(card)
    assert set(found) == {"unseen", "**mean**"}
    assert found["unseen"]["polarity"] == "1.000"
    assert found["unseen"]["negative recall"] == "1.000"
    assert unseen_figures("# Model card\n") == {}
    assert all(cells["polarity"].startswith(".") for cells in shipped_figures().values())


def test_tables_tell_every_engine_and_leave_out_what_nobody_has() -> None:
    labels = np.array([0, 2])
    said = Predictions("review", False, np.array([[0.9, 0, 0.1], [0.1, 0, 0.9]]), labels)
    measured = Measured.of({"htl": said})
    text = accuracy_tables({"one": measured, "two": measured}, "card", {"htl": {"polarity": ".9"}})
    assert "| htl | 1.000 | 1.000 | .9 |" in text
    assert "| htl | 1.000 | 1.000 | – |" in text
    assert "| false alarms | one" not in text
    assert "| one | 1.000 | 1.000 | – | 1.000 | .100 |" in text


def test_only_rows_held_back_are_read_and_all_of_a_text_together(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "dishes.jsonl.gz", "wt", encoding="utf-8") as file:
        for at in range(80):
            lead = "".join(chr(0x4E00 + 37 * at + 5 * step) for step in range(6))
            for start, label in ((6, "positive"), (12, "negative")):
                row = {"text": f"{lead}面很好吃，汤太难喝", "start": start, "end": start + 1}
                file.write(json.dumps(row | {"label": label}) + "\n")
    (data,) = load_target_sets(tmp_path)
    assert 0 < len(data.dev) < 40
    assert len(sampled(data.dev, 6)) == 6
    table = target_table(tmp_path, 6)
    assert table.count("| dishes | 6 | ") == 4
    assert "| dishes | 6 | n-grams alone, whole text | .500 | .500 | .500 |" in table


def test_wrong_use_ends_with_2_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path)]) == 2
    assert "no NAME.jsonl.gz" in capsys.readouterr().err
    row = {"text": "好", "label": "positive", "source_type": "news", "split": "dev"}
    with gzip.open(tmp_path / "one.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(row))
    assert main(["--data", str(tmp_path), "--leave-out", "two"]) == 2
    assert "Use one of: one." in capsys.readouterr().err
