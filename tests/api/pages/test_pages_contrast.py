"""Every pair of colours that stands on another reaches the contrast that reading needs."""

import re
from pathlib import Path

import pytest

import api.pages.assets

TOKENS = (api.pages.assets.FOLDER / "tokens.css").read_text(encoding="utf-8")
_BLOCK = re.compile(r"(:root(?:\[[^{]*\]|:not\([^{]*\))?) \{([^}]*)\}")
_COLOUR = re.compile(r"(--[a-z0-9-]+): (#[0-9a-f]{6});")
# What is read (4.5 : 1 by WCAG 2.2) on the grounds that it stands on.
TEXT = [
    (ink, ground)
    for ink, grounds in {
        "--ink": ("--page", "--card", "--line-soft", "--act-ground", "--bad-ground", "--bad-mark"),
        "--ink-2": ("--page", "--card", "--line-soft", "--act-ground"),
        "--act": ("--page", "--card", "--act-ground", "--line-soft"),
        "--bad": ("--page", "--card", "--bad-ground", "--line-soft"),
        "--good": ("--page", "--card", "--good-ground"),
        "--soon": ("--page", "--card", "--soon-ground"),
        "--on-act": ("--act",),
        "--card": ("--bad",),
    }.items()
    for ground in grounds
]
# Bars and rings that carry meaning (3 : 1).
SHAPES = [(shape, "--card") for shape in ("--act", "--bad", "--good", "--soon")]
# The line under the words that hurt most.
SHAPES += [("--bad", "--bad-mark")]


def _blocks() -> dict[str, dict[str, str]]:
    found = {}
    for name, body in _BLOCK.findall(TOKENS):
        colours = dict(_COLOUR.findall(body))
        if colours:
            found[name] = colours
    return found


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_machines_dark_and_the_chosen_dark_are_the_same() -> None:
    blocks = _blocks()
    assert len(blocks) == 3
    assert blocks[':root:not([data-theme="light"])'] == blocks[':root[data-theme="dark"]']
    assert blocks[":root"].keys() == blocks[':root[data-theme="dark"]'].keys()


@pytest.mark.parametrize("theme", [":root", ':root[data-theme="dark"]'])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    colours = _blocks()[theme]
    assert _contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", [":root", ':root[data-theme="dark"]'])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_told_from_their_ground(theme: str, shape: str, ground: str) -> None:
    colours = _blocks()[theme]
    assert _contrast(colours[shape], colours[ground]) >= 3


def test_third_strength_grey_is_never_the_colour_of_words() -> None:
    """It reaches 3 : 1 only: allowed for a dot or a border."""
    allowed = {".face.is-empty", ".case-facts .sep"}
    for sheet in Path(api.pages.assets.FOLDER).glob("*.css"):
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet.read_text("utf-8")):
            if re.search(r"(?<![a-z-])color: var\(--ink-3\)", body):
                assert selector.strip().split("\n")[-1] in allowed, (sheet.name, selector)
