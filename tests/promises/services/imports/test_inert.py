"""Cells of a reject file: no spreadsheet runs them, and they come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.tables import cell
from promises.services.imports.inert import inert, restored

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0",
    "\N{NO-BREAK SPACE}=1",
    "\uff1d1+1", "\uff20SUM(A1)", "\0=1", "'=1",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_be_run_has_a_quote_before_it(text: str) -> None:
    assert inert(text) == f"'{text}"
    assert restored(inert(text)) == text


@given(st.text(alphabet=" '=+-@\t\r\n\0\uff1dab1", max_size=8))
def test_every_cell_comes_back_and_is_as_safe_as_in_an_export(text: str) -> None:
    assert restored(inert(text)) == text
    assert cell(text) == text or inert(text) != text
