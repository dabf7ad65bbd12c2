"""Judging anew: side by side before it, both figures after it, and everything adds up."""

from dataclasses import astuple
from datetime import datetime, timedelta

import pytest

from interactions.models import Change
from promises.models import KindParameters, Promise, Restatement
from promises.projection import kind_parameters
from promises.scores import Scope, company_row, tallies
from promises.scores.figures import rows_from, side_by_side, standing
from promises.selectors.asked import asked_from_query
from promises.selectors.restatements import restated_notes
from promises.services import rebuilding
from promises.services.checking import check_ledger
from promises.services.restating import (
    AlreadyChanged,
    AlreadyRestating,
    Draft,
    NotRunning,
    ParametersRefused,
    add_version,
    cancel,
    is_due,
    preview,
    restate,
    restate_some,
    running,
)
from tests.alike import alike
from tests.events import NOW, made, store
from tests.promises.asking import ask, count
from tests.promises.services.restating.worlds import TOLERANT, fill

pytestmark = pytest.mark.django_db(transaction=True)


def version_2() -> KindParameters:
    return add_version("delivery", TOLERANT, base=1, now=NOW, by="Ada", reason="carriers")


def run() -> None:
    while restate_some(budget_seconds=60):
        pass
    count()


def test_a_new_version_judges_what_is_made_from_now_on_only() -> None:
    fill()
    before = company_row(ask())
    assert version_2().version == 2
    assert company_row(ask()) == before
    store(made("later", at=NOW + timedelta(seconds=1)))
    count()
    assert Promise.objects.get(reference="later").parameters_version == 2
    assert set(Promise.objects.exclude(reference="later").values_list("parameters_version")) == {
        (1,)
    }
    assert check_ledger().ok


def test_a_promise_from_a_clock_ahead_is_judged_by_the_version_that_holds_then() -> None:
    store(made("ahead", at=NOW + timedelta(minutes=3)))
    count()
    version_2()
    count()
    assert Promise.objects.get(reference="ahead").parameters_version == 2
    report = check_ledger()
    assert report.ok, report.as_dict()


def test_the_preview_is_what_the_restatement_then_says() -> None:
    fill()
    seen = preview("delivery", TOLERANT, window="all", now=NOW)
    assert seen.all_folded
    assert [row.either.scope for row in seen.rows][:2] == ["everything", "company"]
    assert any(row.gap_difference for row in seen.rows if row.either.scope == "team")
    assert any(row.kept_difference for row in seen.rows if row.either.scope == "team")
    restate("delivery", version_2().version, now=NOW, by="Ada", reason="carriers")
    run()
    after = standing(ask(kind="delivery"))
    proposed = [row.new for row in seen.rows if row.new]
    assert len(after) == len(proposed)
    for real, shown in zip(after, proposed, strict=True):
        assert (real.scope, real.id, real.enough) == (shown.scope, shown.id, shown.enough)
        assert astuple(real)[3:] == pytest.approx(astuple(shown)[3:], rel=1e-6)


def test_both_figures_are_kept() -> None:
    fill()
    before = standing(ask(kind="delivery", window="90d"))
    version = version_2().version
    asked = restate("delivery", version, now=NOW, by="Ada", reason=" carriers ")
    run()
    done = Restatement.objects.get(pk=asked.pk)
    assert (done.state, done.done, done.total, done.skipped) == ("done", 54, 54, 0)
    assert (done.reason, done.asked_by, done.finished_at is not None) == ("carriers", "Ada", True)
    assert rows_from(done.before["90d"]) == before
    assert rows_from(done.after["90d"]) == standing(
        ask(is_now=False, kind="delivery", window="90d")
    )
    rows = side_by_side(rows_from(done.before["90d"]), rows_from(done.after["90d"]))
    assert rows[0].gap_difference
    assert set(Promise.objects.values_list("parameters_version")) == {(2,)}
    report = check_ledger()
    assert report.ok, report.as_dict()
    # A rebuild from the ledger alone comes to the same.
    stored = tallies(ask(), Scope.TEAM)
    rebuilding.rebuild_scores()
    assert alike(tallies(ask(), Scope.TEAM)) == alike(stored)


def test_a_score_tells_what_judged_it_anew_also_of_a_moment_before() -> None:
    fill()
    restate("delivery", version_2().version, now=NOW, by="Ada", reason="carriers")
    run()
    later = Restatement.objects.get().finished_at
    assert later is not None

    def noted(moment: datetime, **asked: str) -> list[bool]:
        """Whether the figures from before and after are told, of each that is told."""
        query = {"window": "all"} | asked
        found = restated_notes(asked_from_query(query, now=moment))
        assert all(note.row.reason == "carriers" for note in found)
        return [note.figures is not None for note in found]

    assert noted(later) == [True]
    assert noted(later, kind="delivery") == [True]
    assert noted(later, kind="response") == []
    # What is told of a moment before is judged anew, too; no figures of it were kept.
    assert noted(later, as_of=(NOW - timedelta(days=1)).isoformat()) == [False]
    days = {"from": "2026-01-01", "to": f"{NOW - timedelta(days=2):%Y-%m-%d}"}
    assert noted(later, **days) == [False]


def test_half_way_the_check_knows_who_is_still_judged_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill()
    monkeypatch.setattr(running, "STEP", 10)
    asked = restate("delivery", version_2().version, now=NOW, by="", reason="carriers")
    # It counts, then one step.
    assert running._step()
    assert running._step()
    row = Restatement.objects.get(pk=asked.pk)
    assert (row.state, row.done, row.total) == ("running", 10, 54)
    report = check_ledger()
    assert report.ok, report.as_dict()
    assert report.promises_restating == 44
    with pytest.raises(AlreadyRestating):
        restate("delivery", 1, now=NOW, by="", reason="again")
    run()
    assert check_ledger().promises_restating == 0


def test_taken_back_half_way_everything_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    before = tallies(ask(), Scope.TEAM)
    monkeypatch.setattr(running, "STEP", 10)
    asked = restate("delivery", version_2().version, now=NOW, by="", reason="carriers")
    assert running._step()
    assert running._step()
    cancel(asked.pk)
    report = check_ledger()
    assert report.ok, report.as_dict()
    assert report.promises_restating == 10
    run()
    assert Restatement.objects.get(pk=asked.pk).state == "cancelled"
    assert alike(tallies(ask(), Scope.TEAM)) == alike(before)
    assert check_ledger().ok
    with pytest.raises(NotRunning):
        cancel(asked.pk)


def test_the_last_restatement_counts() -> None:
    fill(18)
    first = tallies(ask(), Scope.TEAM)
    restate("delivery", version_2().version, now=NOW, by="", reason="carriers")
    run()
    restate("delivery", 1, now=NOW, by="", reason="that was wrong")
    run()
    assert alike(tallies(ask(), Scope.TEAM)) == alike(first)
    assert kind_parameters()("delivery", NOW - timedelta(days=1)).version == 1
    assert check_ledger().ok
    assert not is_due()


@pytest.mark.parametrize(
    ("draft", "pointer"),
    [
        (Draft(1.5, 60, 0), "/base_loss"),
        (Draft(float("nan"), 60, 0), "/base_loss"),
        (Draft(0.5, 0, 0), "/half_life_seconds"),
        (Draft(0.5, float("inf"), 0), "/half_life_seconds"),
        (Draft(0.5, 60, -1), "/tolerance_seconds"),
        (Draft(0.5, 60, float("nan")), "/tolerance_seconds"),
    ],
)
def test_what_is_no_parameter_is_refused(draft: Draft, pointer: str) -> None:
    for refused in (
        lambda: add_version("delivery", draft, base=1, now=NOW, by=""),
        lambda: preview("delivery", draft, window="90d", now=NOW),
    ):
        with pytest.raises(ParametersRefused) as error:
            refused()
        assert error.value.pointer == pointer


def test_nobody_writes_over_another_and_nothing_happens_without_a_reason() -> None:
    version_2()
    with pytest.raises(AlreadyChanged):
        version_2()
    for reason, pointer in ((" ", "/reason"), ("x" * 1_001, "/reason")):
        with pytest.raises(ParametersRefused) as error:
            restate("delivery", 2, now=NOW, by="", reason=reason)
        assert error.value.pointer == pointer
    with pytest.raises(ParametersRefused) as error:
        restate("delivery", 9, now=NOW, by="", reason="carriers")
    assert error.value.pointer == "/version"


def test_both_are_in_the_list_of_changes() -> None:
    add_version("delivery", Draft(0.5, 86_400.0, 0.0), base=1, now=NOW, by="Ada")
    restate("delivery", 2, now=NOW, by="Bob", reason="To be fair")
    changes = Change.objects.filter(area="kind", subject="delivery").order_by("pk")
    assert [(one.action, one.by) for one in changes] == [("changed", "Ada"), ("restated", "Bob")]
    assert (changes[0].before["base_loss"], changes[0].after["base_loss"]) == (0.25, 0.5)
    assert changes[1].after == {"judged_by_version": 2, "reason": "To be fair"}
