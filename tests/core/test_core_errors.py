"""The tree drawn at the top of core/errors.py is the tree of the classes."""

import inspect
import re

import core.errors
from core.errors import InvalidInput, QueryError, ShengyuError


def drawn_parents() -> dict[str, str | None]:
    """Read the drawing: class name → name of its parent."""
    parents: dict[str, str | None] = {}
    path: list[str] = []
    for line in (core.errors.__doc__ or "").splitlines():
        found = re.match(r"^([│ ]*(?:[├└]── )?)([A-Z][A-Za-z]+)(?:\s{2,}\S.*)?$", line)
        if found is None:
            continue
        depth, name = len(found[1]) // 4, found[2]
        parents[name] = path[depth - 1] if depth else None
        path[depth:] = [name]
    return parents


def test_the_drawn_tree_is_the_tree_of_the_classes() -> None:
    classes = {
        name: kind.__base__.__name__ if kind is not ShengyuError else None
        for name, kind in inspect.getmembers(core.errors, inspect.isclass)
        if issubclass(kind, ShengyuError)
    }
    assert len(classes) > 10
    assert drawn_parents() == classes


def test_every_error_says_its_sentence() -> None:
    for kind in (InvalidInput, core.errors.NotFound, core.errors.LeaseLost):
        assert str(kind("请填写名称。")) == "请填写名称。"


def test_wrong_input_names_its_field_and_a_wrong_query_its_place() -> None:
    assert InvalidInput("空", field="name").field == "name"
    wrong = QueryError("括号没有关闭", position=3)
    assert (wrong.field, wrong.position) == ("q", 3)
