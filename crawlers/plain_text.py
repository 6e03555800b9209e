"""HTML and raw strings become plain text that a store, a scorer and a page can all take."""

import re

from lxml import etree, html

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\xa0\u3000]+")
_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?|!--)>?|&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_DROPPED = frozenset({"script", "style", "noscript", "template", "iframe", "svg", "head", "button"})
_BLOCKS = frozenset(
    re.split(
        " ",
        "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer "
        "form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table td th tr ul",
    )
)


def without_control(text: str) -> str:
    """Drop control characters, NUL, byte order marks and lone surrogates; unify line ends."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(text: str) -> str:
    """Drop control characters, trim every line, join runs of spaces, leave out empty lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in without_control(text).split("\n"))
    return "\n".join(line for line in lines if line)


def looks_like_html(text: str) -> bool:
    """Say whether *text* has a tag or a character reference in it."""
    return _TAG.search(text) is not None


def html_to_text(markup: str) -> str:
    """Return the readable text of an HTML fragment or page, a line for each paragraph.

    Emoji drawn as pictures keep their name (``[允悲]``): they carry sentiment. Never raises for
    broken or deeply nested markup.
    """
    markup = _CONTROL.sub("", markup)
    if not markup.strip():
        return ""
    try:
        root = html.fromstring(f"<div>{markup}</div>", parser=html.HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return clean(re.sub(r"<[^>]*>", " ", markup))
    return tree_to_text(root)


def tree_to_text(root: html.HtmlElement) -> str:
    """Return the readable text of an lxml tree, a line for each paragraph."""
    parts: list[str] = []
    dropped_inside: html.HtmlElement | None = None
    # iterwalk keeps its own stack, so a page nested a thousand deep costs no recursion.
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if dropped_inside is None:
            _visit(event, node, parts)
        if event == "start" and dropped_inside is None and _is_dropped(node):
            dropped_inside = node
        elif event == "end" and node is dropped_inside:
            dropped_inside = None
        if event != "start" and dropped_inside is None and node is not root and node.tail:
            parts.append(_flat(node.tail))
    return clean("".join(parts))


def _visit(event: str, node: html.HtmlElement, parts: list[str]) -> None:
    if not isinstance(node.tag, str):
        return
    if node.tag in _BLOCKS:
        parts.append("\n")
    if event == "start" and not _is_dropped(node):
        if node.text:
            parts.append(node.text if node.tag == "pre" else _flat(node.text))
        if node.tag == "img":
            parts.append(_emoji(node.get("alt") or ""))


def _is_dropped(node: html.HtmlElement) -> bool:
    return not isinstance(node.tag, str) or node.tag in _DROPPED


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _emoji(alt: str) -> str:
    return alt if re.fullmatch(r"\[[^\[\]\s]{1,8}\]", alt) else ""
