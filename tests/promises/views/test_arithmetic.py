"""The printed arithmetic gives the printed numbers."""

import math
import re
from datetime import datetime

import pytest

from promises.domain.lifecycle import Fact
from promises.domain.loss import DEFAULT_PARAMETERS, loss_terms
from promises.templatetags.promise_format import symbol
from promises.views.arithmetic import Step, loss_steps
from tests.promises.domain.making import DAY, DUE, HOUR, fact, made, state_of
from tests.promises.domain.strategies import text

NUMBER = r"(\d+(?:\.\d+)?)"
QUALITY = {"target": 99.9, "comparator": ">=", "scale": 2.0, "unit": "%"}


def steps_of(*facts: Fact, as_of: datetime = DUE + 30 * DAY) -> dict[str, Step]:
    state = state_of(*facts, as_of=as_of)
    parameters = DEFAULT_PARAMETERS[state.kind]
    terms = loss_terms(state, parameters, as_of)
    return {step.symbol: step for step in loss_steps(terms, state, parameters)}


def numbers(formula: str) -> list[float]:
    """The numbers right of the equals sign."""
    return [float(found) for found in re.findall(NUMBER, formula.rpartition("=")[2])]


def value(step: Step) -> float:
    return float(step.value)


def test_every_term_is_there_in_its_order() -> None:
    steps = steps_of(made(), fact("fulfilled", DUE + DAY, fraction=1.0))
    assert list(steps) == ["L", "τ", "b", "h", "g_t", "g_q", "g_s", "loss", "u", "u × loss"]


@pytest.mark.parametrize(
    ("hours", "printed"),
    [(1, "0.2572"), (24, "0.4047"), (72, "0.6250"), (168, "0.8512"), (720, "0.9993")],
)
def test_lateness_is_filled_in(hours: int, printed: str) -> None:
    steps = steps_of(
        made(), fact("fulfilled", DUE + hours * HOUR, fraction=1.0), as_of=DUE + 40 * DAY
    )
    assert steps["g_t"].value == printed
    b, one, b_again, one_again, two, over, h = numbers(steps["g_t"].formula)
    assert (one, one_again, two, over, h) == (1, 1, 2, hours, 72)
    assert b + (1 - b_again) * (1 - 2 ** -(over / h)) == pytest.approx(
        value(steps["g_t"]), abs=5e-5
    )


def test_the_loss_is_the_product_of_its_terms() -> None:
    steps = steps_of(
        made(stake=2, paid_in_advance=True),
        fact("rescheduled", DUE - DAY, due_at=text(DUE + DAY), told_at=text(DUE - DAY)),
        fact("rescheduled", DUE + 2 * DAY, due_at=text(DUE + 3 * DAY)),
        fact("fulfilled", DUE + 4 * DAY, fraction=0.75),
    )
    ones_and_terms = numbers(steps["loss"].formula)
    g_t, g_q, g_s = ones_and_terms[2::2]
    assert [f"{g:.4f}" for g in (g_t, g_q, g_s)] == [steps[g].value for g in ("g_t", "g_q", "g_s")]
    assert 1 - (1 - g_t) * (1 - g_q) * (1 - g_s) == pytest.approx(value(steps["loss"]), abs=2e-4)
    assert (g_q, g_s) == (0.25, 0.28)
    assert math.prod(numbers(steps["u"].formula)) == value(steps["u"]) == 3
    u, loss = numbers(steps["u × loss"].formula)
    assert u * loss == pytest.approx(value(steps["u × loss"]), abs=2e-4)


def test_slips_are_told_apart() -> None:
    formula = steps_of(
        made(),
        fact("rescheduled", DUE - DAY, due_at=text(DUE + DAY), told_at=text(DUE - DAY)),
        fact("fulfilled", DUE + 2 * DAY, fraction=1.0),
    )["g_s"].formula
    assert "0.9<sup>1</sup> × 0.8<sup>0</sup>" in formula


def test_a_kept_promise_loses_nothing_and_says_why() -> None:
    steps = steps_of(made(), fact("fulfilled", DUE - 5 * HOUR, fraction=1.0))
    assert steps["L"].value.replace("\N{NO-BREAK SPACE}", " ") == "5 h early (-5 h)"
    assert steps["g_t"].formula == "0, because L is not above τ"
    assert steps["loss"].value == steps["u × loss"].value == "0.0000"


def test_a_failed_promise_has_lost_everything() -> None:
    steps = steps_of(made(), fact("failed", DUE - DAY))
    assert steps["L"].value == "–"
    assert steps["loss"].value == "1.0000"
    assert steps["g_q"].formula == "1, because it failed"


def test_an_open_promise_is_measured_at_the_moment_of_the_page() -> None:
    steps = steps_of(made(), as_of=DUE + DAY)
    assert steps["L"].formula == "as of − first due"
    assert steps["g_t"].value == steps["loss"].value == "0.4047"


def test_a_measured_value_is_held_against_its_target() -> None:
    steps = steps_of(
        made(kind="quality", quality=QUALITY), fact("fulfilled", DUE + DAY, value=99.4)
    )
    target, measured, scale = numbers(steps["g_q"].formula)
    assert (target, measured, scale) == (99.9, 99.4, 2)
    assert (target - measured) / scale == pytest.approx(value(steps["g_q"]))
    assert steps["g_t"].value == "0.0000"


def test_an_implicit_promise_weighs_by_its_confidence() -> None:
    steps = steps_of(made(explicit=False, confidence=0.5))
    assert numbers(steps["u"].formula) == [1, 1, 0.5]
    assert value(steps["u"]) == 0.5
    steps = steps_of(made(explicit=False, confidence=1e-9))
    assert numbers(steps["u"].formula) == [1, 1, 0.01]


def test_lateness_in_business_time_stands_beside_the_wall_clock_and_is_not_used() -> None:
    target = {"amount": 1.0, "unit": "business days", "calendar": "office", "calendar_version": 3}
    state = state_of(made(target=target), fact("fulfilled", DUE + DAY, fraction=1.0))
    parameters = DEFAULT_PARAMETERS[state.kind]
    terms = loss_terms(state, parameters, DUE + DAY)

    plain = loss_steps(terms, state, parameters)
    steps = loss_steps(terms, state, parameters, 8 * 3_600.0)

    assert [step.symbol for step in steps][:2] == ["L", "L_b"]
    assert (steps[0], *steps[2:]) == plain
    assert "calendar office, version 3" in steps[1].formula
    assert steps[1].value.replace("\xa0", " ") == "8 h late (8 h)"


def test_symbols_are_written_as_in_a_formula() -> None:
    steps = steps_of(made(), fact("fulfilled", DUE + DAY, fraction=1.0))
    assert "(1 − g<sub>t</sub>) (1 − g<sub>q</sub>) (1 − g<sub>s</sub>)" in steps["loss"].formula
    assert [symbol(name) for name in ("g_t", "u × loss", "<_&")] == [
        "g<sub>t</sub>",
        "u × loss",
        "&lt;<sub>&amp;</sub>",
    ]
