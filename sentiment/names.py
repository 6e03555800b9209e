"""How names are written: spellings, word borders and short codes."""

import re

from core.folding import fold

_HAN_FROM = 0x2E80  # from here on scripts are written without spaces between words
_SHORT_CODE = 3  # letters and digits up to which S3 or M1 could be anybody's
_BARE_BORDER = 4  # characters from which a digit may follow a name directly: iPhone15, not ad2

# Where Han meets Latin some write a space and some do not: 小米 SU7, 小米SU7.
_SEAM = re.compile(r"(?<=[\u2e80-\U0003ffff])(?=[0-9a-z])|(?<=[0-9a-z])(?=[\u2e80-\U0003ffff])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def searchable(folded: str) -> str:
    """Replace lone surrogates, which cannot be encoded for the search; offsets stay."""
    return _SURROGATE.sub("\ufffd", folded)


def spellings(word: str) -> tuple[str, ...]:
    """Return the folded forms under which *word* is searched; none for a blank one."""
    spaced = " ".join(searchable(fold(word)).split())
    if not spaced:
        return ()
    tight = spaced.replace(" ", "")
    return tuple(dict.fromkeys((spaced, tight, _SEAM.sub(" ", tight))))


def is_short_code(product: str) -> bool:
    """Say whether a product's name is a Latin or digit code of three characters or fewer."""
    letters = [char for char in fold(product) if not char.isspace() and char not in "-+."]
    return 0 < len(letters) <= _SHORT_CODE and all(map(_is_latin, letters))


def needs_border(folded: str, start: int, end: int) -> bool:
    """Say whether what stands at *start* to *end* is only part of a longer Latin word.

    Han, blanks and punctuation are borders. Between a letter and a digit there is a border when
    the name is long enough to be told apart.
    """
    loose = end - start >= _BARE_BORDER
    return _joined(folded, start, loose) or _joined(folded, end, loose)


def _joined(folded: str, border: int, loose: bool) -> bool:
    if not 0 < border < len(folded):
        return False
    before, after = folded[border - 1], folded[border]
    if not (_is_latin(before) and _is_latin(after)):
        return False
    return not (loose and before.isdigit() != after.isdigit())


def _is_latin(char: str) -> bool:
    return ord(char) < _HAN_FROM and char.isalnum()
