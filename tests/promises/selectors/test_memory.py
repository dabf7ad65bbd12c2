"""The memory card: the last break and what was said of it, expectations, trust, how to reach."""

from datetime import timedelta

import pytest

from interactions.models import Customer
from interactions.selectors import EVERYTHING, Viewer
from promises.domain.trust import FALL, RISE, START, Step
from promises.models import Promise
from promises.selectors.asked import asked_from_query
from promises.selectors.memory import Memory, memory_read, trust_of_customer
from promises.selectors.trust import LOOKED_AT, Trust
from tests.events import NOW, event, fulfilled, made, retracted, store
from tests.events import START as BEGIN
from tests.promises.asking import count, team_ids

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUE = BEGIN + 3 * DAY


def memory(moment: str = "", viewer: Viewer = EVERYTHING) -> Memory:
    count()
    asked = asked_from_query({"as_of": moment}, now=NOW)
    return memory_read(viewer, Customer.objects.get(reference="c-1"), asked)


def trust_line(moment: str = "", viewer: Viewer = EVERYTHING) -> Trust:
    count()
    asked = asked_from_query({"as_of": moment}, now=NOW)
    return trust_of_customer(viewer, Customer.objects.get(reference="c-1"), asked)


def test_of_a_new_customer_nothing_is_known() -> None:
    store(made("order", due=NOW + DAY))
    card = memory()
    assert (card.last_break, card.expectations, card.local_time) == (None, (), None)
    assert (trust_line().value, trust_line().points) == (START, ())


def test_the_latest_of_each_field_counts_and_what_was_taken_back_does_not() -> None:
    said = {"channel": "phone", "needs": "a ramp", "zone": "Asia/Tokyo"}
    first = event("customer.described", "c-1", BEGIN, said)
    second = event("customer.described", "c-1", BEGIN + DAY, {"channel": "e-mail"})
    mistake = event("customer.described", "c-1", BEGIN + 2 * DAY, {"channel": "fax"})
    store(made("order"), first, second, mistake, retracted(mistake, BEGIN + 4 * DAY))
    card = memory()
    assert (card.channel, card.needs) == ("e-mail", "a ramp")
    assert card.local_time is not None
    assert card.local_time.hour == 21
    # Of the past: what was recorded up to then, and taken back up to then.
    assert memory((BEGIN + 3 * DAY).isoformat()).channel == "fax"
    assert memory((BEGIN + timedelta(hours=1)).isoformat()).channel == "phone"


def test_the_last_break_and_what_we_said_of_it() -> None:
    store(
        made("kept"),
        fulfilled("kept", DUE - DAY),
        made("late"),
        event("notice.given", "c-1", DUE - DAY, {"promise": "late", "words": "It will be late."}),
        event("notice.given", "c-1", DUE - DAY, {"words": "A newsletter."}),
        event("notice.given", "c-1", DUE + DAY, {"promise": "kept", "words": "About another."}),
        event("apology.given", "c-1", DUE + 2 * DAY, {"words": "We are sorry.", "by": "Bob"}),
        fulfilled("late", DUE + 3 * DAY),
    )
    broken = memory().last_break
    assert broken is not None
    assert (broken.promise.statement, broken.broke_at) == ("late arrives in time", DUE)
    assert [(one.type, one.words, one.by) for one in broken.said] == [
        ("apology.given", "We are sorry.", "Bob"),
        ("notice.given", "It will be late.", ""),
    ]
    # Before it had fallen due nothing was broken; afterwards, still open, it was.
    assert memory((DUE - DAY).isoformat()).last_break is None
    then = memory((DUE + DAY).isoformat()).last_break
    assert then is not None
    assert then.promise.overdue


def test_a_break_before_many_kept_promises_is_still_the_last() -> None:
    later = [made(f"kept-{n}", due=DUE + n * DAY) for n in range(1, LOOKED_AT + 3)]
    kept = [fulfilled(f"kept-{n}", DUE + n * DAY - DAY / 2) for n in range(1, LOOKED_AT + 3)]
    store(made("broken"), event("promise.failed", "broken", DUE), *later, *kept)
    card = memory()
    assert card.last_break is not None
    assert card.last_break.promise.statement == "broken arrives in time"


def test_a_promise_declared_failed_broke_then() -> None:
    store(made("order"), event("promise.failed", "order", DUE - DAY))
    broken = memory().last_break
    assert broken is not None
    assert broken.broke_at == DUE - DAY


def test_trust_goes_up_slowly_down_fast_and_partly_back() -> None:
    store(
        made("kept"),
        fulfilled("kept", DUE - DAY),
        made("failed", due=DUE + DAY),
        event("promise.failed", "failed", DUE),
        made("late", due=DUE + 2 * DAY),
        fulfilled("late", DUE + 3 * DAY),
        event("apology.given", "c-1", DUE + 4 * DAY, {"promise": "late"}),
        made("withdrawn", due=DUE + 5 * DAY),
        event("promise.withdrawn", "withdrawn", DUE, {"by": "customer"}),
    )
    trust = trust_line()
    assert [point.step for point in trust.points] == [
        Step.KEPT, Step.BROKEN, Step.BROKEN, Step.RECOVERED,
    ]  # fmt: skip
    value = START + RISE * (1 - START)
    value *= 1 - FALL
    fall = value * FALL * Promise.objects.get(reference="late").loss / 1e9
    value += -fall + fall / 2
    assert trust.value == pytest.approx(value)
    assert (trust.kept, trust.broken, trust.recovered, trust.cut) == (1, 2, 1, False)
    # Without an apology, or with the promise still open, nothing comes back.
    assert trust_line((DUE + 3.5 * DAY).isoformat()).recovered == 0


def test_an_escalation_resolved_after_an_apology_makes_good() -> None:
    store(
        made("order"),
        event("promise.failed", "order", DUE + DAY),
        event("apology.given", "c-1", DUE + 2 * DAY, {"promise": "order"}),
        event("escalation.resolved", "c-1", DUE + 3 * DAY, {"promise": "order"}),
    )
    trust = trust_line()
    assert trust.value == pytest.approx(START * (1 - FALL) + START * FALL / 2)
    assert trust.points[-1].at == DUE + 3 * DAY


def test_expectations_stand_beside_what_was_promised() -> None:
    store(
        made("order", source="/shop"),
        event("expectation.stated", "c-1", BEGIN, {"text": "Be kind", "origin": "own experience"}),
        event(
            "expectation.stated",
            "c-1",
            BEGIN + DAY,
            {"text": "On Tuesday", "due_at": (DUE - DAY).isoformat(), "promise": "order"},
        ),
        event(
            "expectation.stated",
            "c-1",
            BEGIN + 2 * DAY,
            {"text": "Day", "due_at": "2026-03-10", "promise": "order", "promise_source": "/none"},
        ),
    )
    dated, linked, bare = memory().expectations
    assert (bare.text, bare.origin, bare.expected, bare.promise_id) == (
        "Be kind", "own experience", None, None,
    )  # fmt: skip
    assert linked.promised == DUE
    assert linked.apart_seconds == DAY.total_seconds()
    assert (dated.promise_id, dated.apart_seconds) == (None, None)
    assert dated.expected is not None
    assert f"{dated.expected:%Y-%m-%dT%H:%M}" == "2026-03-10T23:59"


def test_an_agent_sees_what_their_teams_promised_only() -> None:
    store(
        made("mine", team="a"),
        made("theirs", team="b", due=DUE + DAY),
        event("expectation.stated", "c-1", BEGIN, {"text": "x", "promise": "theirs"}),
    )
    count()
    agent = Viewer(user_id=1, role="agent", team_ids=team_ids("a"))
    card = memory(viewer=agent)
    assert card.last_break is not None
    assert card.last_break.promise.statement == "mine arrives in time"
    assert len(trust_line(viewer=agent).points) == 1
    assert card.expectations[0].promise_id is None
    whole = memory().last_break
    assert whole is not None
    assert whole.promise.statement == "theirs arrives in time"
