"""Collects the texts of the pages into the catalogues of the other languages.

``python scripts/catalogue.py`` adds new texts to ``api/locale/*/LC_MESSAGES/shengyu.po``, drops
those that are gone, and tells how many still wait for a translation; ``--check`` changes nothing
and fails when there is something to do.
"""

import argparse
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[1]
LOCALE: Final = ROOT / "api" / "locale"
# to_translate marks what is translated elsewhere; the rest are gettext by other names.
KEYWORDS: Final = {
    "_": None,
    "translate": None,
    "to_translate": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_OPTIONS: Final = {"trimmed": "false", "newstyle_gettext": "true", "encoding": "utf-8"}


def sources() -> Iterator[tuple[Path, str]]:
    """Yield every file with texts, and how Babel reads it."""
    for room in ("api", "alerts", "assets", "sentiment", "crawlers", "core"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix == ".py":
                yield path, "python"
            elif path.suffix in {".html", ".j2"} and path.parent.name == "templates":
                yield path, "jinja2"


def texts() -> Catalog:
    """Return a catalogue of every text that the pages and mails show, each with its places."""
    found = Catalog(charset="utf-8")
    for path, method in sources():
        options = _OPTIONS if method == "jinja2" else {"encoding": "utf-8"}
        for line, message, comments, context in extract_from_file(
            method, path, keywords=KEYWORDS, options=options
        ):
            if any(not part.isascii() for part in _parts(message)):
                place = path.relative_to(ROOT).as_posix()
                found.add(
                    message, locations=[(place, line)], auto_comments=comments, context=context
                )
    return found


def updated(path: Path, template: Catalog) -> Catalog:
    """Return the catalogue at *path* with exactly the texts of *template*."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parents[1].name)
    # No guesses: a text that changed a little would keep a translation that is a little wrong.
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Return the file of *catalogue*, without dates or line numbers, which would change daily."""
    out = BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, no_location=True, omit_header=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision'))]
    return "".join(kept).encode()


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts of *catalogue* that have no translation."""
    return [
        _parts(message.id)[0]
        for message in catalogue
        if message.id and not all(_parts(message.string or ""))
    ]


def _parts(message: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(part or "" for part in message)


def main() -> int:
    """Update or check every catalogue; return 1 when a text waits for a translation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    template, open_texts = texts(), 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/shengyu.po")):
        catalogue = updated(path, template)
        waiting = untranslated(catalogue)
        open_texts += len(waiting)
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {len(waiting)} to translate")
        for text in waiting[:20] if check else ():
            print(f"  {text}")
        if not check:
            path.write_bytes(written(catalogue))
    return 1 if open_texts else 0


if __name__ == "__main__":
    sys.exit(main())
