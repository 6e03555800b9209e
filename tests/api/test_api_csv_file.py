"""CSV that opens in Excel: readable Chinese, and no cell that runs."""

import csv
import io

import pytest

from api.csv_file import BOM, csv_lines, safe


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example","看")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\n=1",
        "＝1",
        "　=1",
        "|cmd",
        "%0a=1",
    ],
)
def test_what_could_be_a_formula_becomes_text(text: str) -> None:
    shown = safe(text)
    assert isinstance(shown, str)
    assert shown == f"'{text}"


def test_numbers_and_plain_words_stay_what_they_are() -> None:
    assert [safe(cell) for cell in (-3, 2.5, None, "星澜", "3 = 3")] == [
        -3,
        2.5,
        None,
        "星澜",
        "3 = 3",
    ]


def test_half_characters_and_nul_do_not_end_the_file() -> None:
    assert safe("甲\0乙\ud800") == "甲乙?"


def test_the_file_begins_with_the_mark_once_and_reads_back() -> None:
    rows = [("名称", "数"), *((f'第 {n} 行，"引"\n号', n) for n in range(450))]
    parts = list(csv_lines(rows))
    text = "".join(parts)
    assert len(parts) > 1
    assert text.startswith(BOM)
    assert text.count(BOM) == 1
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))
    assert read == [[str(cell) for cell in row] for row in rows]
