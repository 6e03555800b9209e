"""What the documents name is there: every path in backticks or code, every command, every link."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from api.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
_TOP = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"data"}
_SPAN = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"(?<![\w./-])((?:[\w.-]+/)+[\w.-]*\w\.?\w*|(?:[\w.-]+/)+)")
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#([^)\s]+))?\)")
_ANCHOR = re.compile(r"\]\(#([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"\bshengyu ((?:[a-z][a-z-]* ?)+)")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_path_of_the_repository_that_a_document_names_exists(document: Path) -> None:
    named = {
        path
        for code in _code(document)
        for path in _PATH.findall(code)
        if path.split("/")[0] in _TOP and not path.startswith("shengyu/")
    }
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_command_that_a_document_names_exists(document: Path) -> None:
    known = set(_commands())
    named = {
        tuple(words.split())
        for code in _code(document)
        for words in _COMMAND.findall(code)
        if words.strip()
    }
    assert [each for each in sorted(named) if not _is_known(each, known)] == []


def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    files = [target for target, _ in _LINK.findall(text)]
    assert [target for target in files if not (document.parent / target).exists()] == []
    anchors = {_anchor(heading) for heading in _HEADING.findall(_BLOCK.sub("", text))}
    assert [each for each in _ANCHOR.findall(text) if each not in anchors] == []


def test_every_picture_is_shown_and_light() -> None:
    shown = "".join(document.read_text("utf-8") for document in DOCUMENTS)
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.name in shown
        assert picture.stat().st_size < 250_000, picture.name


def _code(document: Path) -> Iterator[str]:
    text = document.read_text("utf-8")
    yield from _BLOCK.findall(text)
    yield from _SPAN.findall(_BLOCK.sub("", text))


def _commands() -> Iterator[tuple[str, ...]]:
    root = typer.main.get_command(app)
    for name, command in getattr(root, "commands", {}).items():
        yield (name,)
        for below in getattr(command, "commands", {}):
            yield (name, below)


def _is_known(words: tuple[str, ...], known: set[tuple[str, ...]]) -> bool:
    """A group needs its command, and what follows a command are its arguments."""
    groups = {each[0] for each in known if len(each) > 1}
    return words[: 2 if words[0] in groups else 1] in known


def _anchor(heading: str) -> str:
    """As GitHub makes them: lower case, spaces to hyphens, no punctuation."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")
