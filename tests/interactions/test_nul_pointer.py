"""The pointer leads to the text that holds NUL, or to the object whose key does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.nul_pointer import pointer_to_nul

CASES: list[tuple[Any, str]] = [
    ({"statement": "a\0"}, "/statement"),
    ({"a": "b", "attributes": {"x": "\0"}}, "/attributes/x"),
    ({"attributes": {"k\0": 1}}, "/attributes"),
    ({"k\0": 1}, ""),
    ({"a~/b": "\0"}, "/a~0~1b"),
    ({"list": ["", {"x": "\0"}, "\0"]}, "/list/1/x"),
    ({"first": "\0", "second": "\0"}, "/first"),
    ({"statement": "\\u0000"}, ""),
]


@pytest.mark.parametrize(("value", "pointer"), CASES)
def test_it_leads_there(value: Any, pointer: str) -> None:
    assert pointer_to_nul(json.dumps(value)) == pointer


def test_it_ends_before_a_key_that_is_too_long_to_repeat() -> None:
    assert pointer_to_nul(json.dumps({"a": {"k" * 61: {"x": "\0"}}})) == "/a"


keys = st.text("ab~/\0", max_size=4)
values = st.recursive(
    st.integers() | st.text("ab\0", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_what_it_points_at_holds_nul(value: Any) -> None:
    pointer = pointer_to_nul(json.dumps(value))
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    # A pointer to the whole also says that there is none.
    assert pointer == "" or "\0" in value or any("\0" in key for key in value)
