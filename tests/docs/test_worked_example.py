"""The worked example of docs/scores.md, computed anew by the code that scores."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from promises.domain.clock import day_end, day_of, parse_moment
from promises.domain.facts import FULFILLED, MADE, Fact
from promises.domain.lifecycle import fold
from promises.domain.loss import (
    DAY,
    DEFAULT_PARAMETERS,
    NANO,
    LossTerms,
    contribution,
    loss_terms,
    open_loss,
)
from promises.domain.score import Sums, gap_score, wilson
from promises.domain.state import PromiseState
from tests.docs.pages import section, table_rows, text_of

UTC = ZoneInfo("UTC")
DELIVERY = DEFAULT_PARAMETERS["delivery"]
EXAMPLE = section(text_of("scores.md"), "## An example")
ROWS = {row[0]: row[1:] for row in table_rows(EXAMPLE)}
NAMES = ("A", "B", "C")
TERM_ROWS = ("L, lateness in days", "tau, in days", "g_t", "g_q", "g_s", "loss", "u")


def as_of() -> datetime:
    found = re.search(r"`as_of` = (\S+?)\.? ", EXAMPLE)
    assert found
    return parse_moment(found.group(1))


def mu() -> float:
    found = re.search(r"mu = ([0-9.]+\d)", EXAMPLE)
    assert found
    return float(found.group(1))


def fact(event: str, name: str, at: str, **data: object) -> Fact:
    moment = parse_moment(at)
    return Fact(event, "/example", f"{name} {event}", moment, moment, data)


def folded(name: str) -> PromiseState:
    """One promise of the page's first table."""
    made, first_due, fulfilled, _ = ROWS[name]
    facts = [
        fact(
            MADE,
            name,
            made,
            kind="delivery",
            customer={"id": "c"},
            due_at=first_due,
            statement=name,
        )
    ]
    if fulfilled != "-":
        facts.append(fact(FULFILLED, name, fulfilled))
    state = fold(facts, zone=UTC, parameters=lambda _kind, _at: DELIVERY, as_of=as_of())
    assert state is not None
    return state


def terms(name: str) -> LossTerms:
    return loss_terms(folded(name), DELIVERY, as_of())


def sums() -> Sums:
    total = Sums()
    for name in NAMES:
        state, found = folded(name), terms(name)
        total += Sums(
            n=1,
            kept=int(state.state == "kept"),
            late=int(state.state == "late"),
            open=int(state.state == "open"),
            weight=found.weight,
            weight_squared=found.weight**2,
            loss=found.weight * found.loss,
        )
    return total


def four(value: float) -> str:
    return f"{value:.4f}"


@pytest.mark.parametrize("place", range(3), ids=NAMES)
def test_the_terms_of_each_promise_are_as_printed(place: int) -> None:
    state, found = folded(NAMES[place]), terms(NAMES[place])

    assert state.state == ROWS[NAMES[place]][3]
    assert found.lateness_seconds is not None
    assert {name: ROWS[name][place] for name in ROWS if name in TERM_ROWS} == {
        "L, lateness in days": four(found.lateness_seconds / DAY),
        "tau, in days": four(found.tolerance_seconds / DAY),
        "g_t": four(found.time),
        "g_q": four(found.quality),
        "g_s": four(found.slips),
        "loss": four(found.loss),
        "u": four(found.weight),
    }


def test_the_score_is_as_printed() -> None:
    total = sums()
    gap = gap_score(total, mu())
    assert gap is not None
    assert total.mean is not None
    kept_low, kept_high = wilson(total.kept, total.n)

    printed = {name: cells[0] for name, cells in ROWS.items() if len(cells) == 2}
    printed.pop("sum or score")
    assert printed == {
        "sum of u": four(total.weight),
        "sum of u squared": four(total.weight_squared),
        "sum of u * loss": four(total.loss),
        "n_eff": four(gap.n_eff),
        "mean": four(total.mean),
        "raw mean x 100": four(gap.raw),
        "gap score": four(gap.score),
        "gap low": four(gap.low),
        "gap high": four(gap.high),
        "kept rate": four(total.kept / total.n),
        "kept low": four(kept_low),
        "kept high": four(kept_high),
    }
    assert not gap.enough


def test_the_loss_to_come_is_as_printed() -> None:
    state = folded("C")
    assert state.matures_at is not None
    midnight = day_end(day_of(state.matures_at, UTC), UTC)
    filed = contribution(state, DELIVERY, midnight)
    assert filed is not None

    found = re.search(r"Stored is S = ([0-9.]+\d)", EXAMPLE)
    assert found
    assert found.group(1) == four(filed.open_residual / NANO)
    hours = re.search(r"(\d+) hours after that midnight", EXAMPLE)
    assert hours
    assert float(hours.group(1)) * 3_600 == (as_of() - midnight).total_seconds()
    loss = open_loss(filed.open_weight, filed.open_residual, float(hours.group(1)) * 3_600, 3 * DAY)
    assert four(loss / NANO) == ROWS["loss"][2]
