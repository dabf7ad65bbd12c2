"""What a past moment is told in one statement is what it is told by many (R4)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.ledger import record
from promises.scores import Scope, Tally, one_reading, read_together, tallies
from promises.scores.together_then import can_answer
from promises.services.counting import count_pending
from tests.events import NOW, event
from tests.promises.asking import ask, count, team_ids
from tests.promises.scores.test_stretched import store_some, the_same

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
SCOPES = (Scope.COMPANY, Scope.TEAM, Scope.KIND, Scope.DAY, Scope.TOUCHPOINT)


def told(scope: Scope, key: str | None, tally: Tally) -> bool:
    """What was held back by a pause has no day."""
    return tally != Tally() and not (scope is Scope.DAY and key is None)


def test_one_statement_tells_what_many_tell() -> None:
    store_some(0, 250)
    count()
    # Some are still on their way, and of some something was told later: they are folded.
    store_some(250, 40)
    count(fold=False)
    moved = [
        event(
            "promise.rescheduled", f"order-{place}", NOW - DAY, {"due_at": "2026-12-24T12:00:00Z"}
        )
        for place in range(0, 60, 7)
    ]
    record(moved, recorded_at=NOW)
    count_pending()
    for days in (0.01, 1, 9, 60, 300):
        for kind in ("", "response"):
            for until in (None, (NOW - 20 * DAY).date()):
                since = (NOW - 400 * DAY).date()
                question = ask(NOW - days * DAY, is_now=False, kind=kind, since=since, until=until)
                assert can_answer(question)
                with one_reading():
                    read_together(question, touchpoints=True)
                    with CaptureQueriesContext(connection) as queries:
                        found = {scope: tallies(question, scope) for scope in SCOPES}
                    assert len(queries) == 0
                for scope in SCOPES:
                    everything = tallies(question, scope)
                    plain = {k: t for k, t in everything.items() if told(scope, k, t)}
                    ours = {k: t for k, t in found[scope].items() if told(scope, k, t)}
                    assert ours.keys() == plain.keys(), scope
                    for key, tally in ours.items():
                        assert the_same(tally, plain[key]), (scope, key, days)


def test_only_everybody_then_is_told_so() -> None:
    store_some(0, 5)
    count()
    assert not can_answer(ask(NOW))
    assert not can_answer(ask(NOW, is_now=False, explicit=True))
    assert not can_answer(ask(NOW, is_now=False, team_ids=team_ids("team-1")))
