"""The demo's filler is one object made of parts."""

import ast
from collections import Counter

from tools.demo import FILLER_PARTS


def extends(method):
    """Whether a method calls the one that it takes the place of."""
    return any(isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super" for node in ast.walk(method))


def test_no_two_parts_have_a_method_of_the_same_name():
    """One would silently take the place of the other."""
    names = Counter(
        method.name
        for path in FILLER_PARTS
        for part in ast.parse(path.read_text()).body
        if isinstance(part, ast.ClassDef)
        for method in part.body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("__") and not extends(method)
    )
    assert len(names) > 30
    assert [name for name, count in names.items() if count > 1] == []
