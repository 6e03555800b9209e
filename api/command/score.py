"""``shengyu score``."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.command.output import note, record
from api.score_form import checked_target, explanation_form, score_form
from core.errors import InvalidInput
from core.settings import load_settings
from sentiment.scorer import Scorer, load_scorer

# Lines are scored in blocks, so that a long input streams and a batch engine stays fast.
_BLOCK = 256


def run(
    env_file: Path | None,
    text: str | None,
    start: int | None,
    end: int | None,
    *,
    explain: bool = False,
) -> int:
    """Score one text, or each line of stdin; returns 1 when a line was bad.

    With *explain* each score tells the clauses and words that it comes from.
    """
    # Not command_settings: scoring logs nothing, and setting up logs is a fifth of a cold start.
    scorer = load_scorer(load_settings(env_file).scorer)
    if text is not None:
        row: dict[str, Any] = {"text": text, **_offsets(start, end)}
        record(_scored(scorer, [_checked(row)], explain=explain)[0])
        return 0
    if start is not None or end is not None:
        raise InvalidInput("--start and --end go with --text; on stdin they are fields of a line.")
    failed = _score_stdin(scorer, explain=explain)
    if failed:
        note("Some lines could not be scored; each is named in the output.")
    return 1 if failed else 0


def _score_stdin(scorer: Scorer, *, explain: bool) -> bool:
    """Score each line of stdin, in order; say whether one was bad."""
    failed = False
    for block in _blocks():
        rows = [row for _, row in block if isinstance(row, dict)]
        results = iter(_scored(scorer, rows, explain=explain))
        for number, row in block:
            if isinstance(row, dict):
                record(next(results))
            else:
                failed = True
                record({"error": row, "line": number})
    return failed


def _blocks() -> Iterator[list[tuple[int, dict[str, Any] | str]]]:
    """Yield blocks of (line number, checked row or the sentence that says what is wrong)."""
    block: list[tuple[int, dict[str, Any] | str]] = []
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            block.append((number, _checked(json.loads(line.decode("utf-8")))))
        except UnicodeDecodeError:
            block.append((number, "not UTF-8"))
        except ValueError as error:
            block.append((number, f"not JSON: {error}"))
        except InvalidInput as error:
            block.append((number, str(error)))
        except RecursionError:
            block.append((number, "not JSON: nested too deeply"))
        if len(block) == _BLOCK:
            yield block
            block = []
    yield block


def _checked(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise InvalidInput('a line must be an object such as {"text": "…"}')
    text = row.get("text")
    if not isinstance(text, str):
        raise InvalidInput('"text" must be a string')
    source_type = row.get("source_type")
    if source_type is not None and not isinstance(source_type, str):
        raise InvalidInput('"source_type" must be a string')
    start, end = row.get("start"), row.get("end")
    if start is None and end is None:
        return row
    checked_target(text, start, end)
    return row


def _scored(scorer: Scorer, rows: list[dict[str, Any]], *, explain: bool) -> list[dict[str, Any]]:
    kinds: dict[str | None, list[int]] = {}
    for position, row in enumerate(rows):
        kinds.setdefault(row.get("source_type"), []).append(position)
    results: list[dict[str, Any]] = [{} for _ in rows]
    for kind, positions in kinds.items():
        scores = scorer.score([rows[position]["text"] for position in positions], kind)
        for position, score in zip(positions, scores, strict=True):
            results[position] = score_form(score)
    for row, result in zip(rows, results, strict=True):
        if row.get("start") is not None:
            target = scorer.score_target(
                row["text"], row["start"], row["end"], row.get("source_type")
            )
            result["target"] = score_form(target)
        if explain:
            result.update(explanation_form(scorer, row["text"], row.get("source_type")))
    return results


def _offsets(start: int | None, end: int | None) -> dict[str, int]:
    if (start is None) != (end is None):
        raise InvalidInput("--start and --end go together.")
    return {} if start is None or end is None else {"start": start, "end": end}
