"""What is sent beside the load: everything three times, in any order, late, and taken back."""

import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

from tests.faults.drill import Drill, Load
from tests.faults.set_client import Events

DAY = timedelta(days=1)
# Order of arrival may show in nothing but the row's own number and when it was last looked at; the
# notes name events, whose ids differ.
_STATES = """
SELECT to_jsonb(p) - '{id,reference,notes,projected_at}'::text[]
       || jsonb_build_object('number', split_part(reference, '-', 2),
                             'notes', jsonb_array_length(notes))
FROM promises_promise p WHERE reference LIKE %s ORDER BY split_part(reference, '-', 2)
"""
_COUNTED = "SELECT count(*), sum(events_count) FROM promises_promise WHERE reference LIKE %s"


def send_thrice(drill: Drill, events: int, *, seed: int = 1) -> None:
    """F10: five senders at once, each with every event in its own order and batches; one of them
    has each event three times in one batch."""
    load = Load()
    made = [load.event(number) for number in range(events)]
    before = len(drill.journal.batches)

    def order(number: int) -> Events:
        mine = list(made) if number % 5 else [one for one in made for _ in range(3)]
        random.Random(seed + number).shuffle(mine)
        return mine

    batches = [order(number) for number in range(15)]
    senders = drill.beside(threads=5)
    senders.start(lambda n: batches[n % 15], per_second=5_000, size=events)
    time.sleep(2)
    senders.finish()
    drill.wait_for_counting()
    ids = {event["id"] for event in made}
    said = sum(drill.journal.accepted[id_] for id_ in ids)
    sent = sum(id_ in ids for batch in drill.journal.batches[before:] for id_ in batch)
    promises, counted = drill.product.sql(_COUNTED, [f"{load.name}-%"])[0]
    drill.note(
        f"{events} events, {sent:,} times sent, {said} said to be new; {promises} promises, of "
        f"{counted} events"
    )
    drill.expect(said == events, f"{said} of {events} were said to be new")
    drill.expect((promises, counted) == (events // 2, events), "not each event was counted once")


def send_shuffled(drill: Drill, promises: int, *, seed: int = 1) -> None:
    """F11: the same events of promises under two names, each in an order of its own."""
    began = datetime.now(UTC) - 20 * DAY
    found: list[list[tuple[Any, ...]]] = []
    sent = 0
    for turn in range(2):
        load = Load()
        events = [one for number in range(promises) for one in _history(load, number, began)]
        random.Random(seed + turn).shuffle(events)
        sent += len(events)
        for first in range(0, len(events), 7):
            drill.client.send(events[first : first + 7])
        drill.wait_for_counting()
        found.append(drill.product.sql(_STATES, [f"{load.name}-%"]))
    differ = sum(one != other for one, other in zip(*found, strict=True))
    drill.note(
        f"{sent:,} events of {promises} promises, in two orders: {len(found[0])} and "
        f"{len(found[1])} promises, {differ} differ"
    )
    drill.expect(len(found[0]) == promises, "not every promise is there")
    drill.expect(not differ, f"{differ} promises depend on the order of arrival")


def _history(load: Load, number: int, at: datetime) -> Events:
    """A promise moved, paused, resumed, fulfilled; of each third the fulfilment is taken back."""
    later = {"due_at": (at + 5 * DAY).isoformat()}
    # Not at the moment of another event: what happened at once is told apart by its id.
    done = at + (number % 9) * DAY + timedelta(hours=1)
    fulfilled = load.cloudevent(number, "promise.fulfilled", done)
    taken = {"source": fulfilled["source"], "id": fulfilled["id"]}
    events = [
        load.made(number, at, due=at + 3 * DAY),
        load.cloudevent(number, "promise.rescheduled", at + DAY, later),
        load.cloudevent(number, "promise.paused", at + 2 * DAY, {"cause": "agreed"}),
        load.cloudevent(number, "promise.resumed", at + 3 * DAY),
        fulfilled,
    ]
    if number % 3 == 0:
        events.append(load.cloudevent(number, "event.retracted", at + 9 * DAY, taken))
    return events


def send_late(drill: Drill) -> None:
    """F12: the state of a promise after each late fact; a frozen month stays as it was."""
    load, now = Load(), datetime.now(UTC)
    for number, late in enumerate((1 / 24, 1, 90, 400)):
        at = now - (late + 10) * DAY
        outcome = load.cloudevent(number, "promise.fulfilled", at + 4 * DAY)
        taken = {"source": outcome["source"], "id": outcome["id"]}
        steps = (
            ("open", load.made(number, at, due=at + 5 * DAY)),
            ("kept", outcome),
            ("kept", load.cloudevent(number, "promise.failed", at + 6 * DAY)),
            ("failed", load.cloudevent(number, "event.retracted", now, taken)),
        )
        for state, event in steps:
            drill.client.send([event])
            _expect_state(drill, f"{load.name}-{number}", state, f"{late:.0f} d late")
    drill.note(
        "heard 1 h, 1 d, 90 d, 400 d late: open -> kept -> kept (noted) -> failed (retracted)"
    )
    _after_the_report(drill, Load(), (now - 300 * DAY).replace(day=10))


def _expect_state(drill: Drill, reference: str, state: str, when: str) -> None:
    drill.wait_for_counting()
    asked = "SELECT state FROM promises_promise WHERE reference = %s"
    rows = drill.product.sql(asked, [reference])
    found = rows[0][0] if rows else "unknown"
    drill.expect(found == state, f"{when}: {found}, not {state}")


def _after_the_report(drill: Drill, load: Load, at: datetime) -> None:
    """A month is frozen with a kept promise; then a broken one of that month is heard of."""
    due, month = at + 5 * DAY, f"{at:%Y-%m}"
    for event in (
        load.made(0, at, due=due),
        load.cloudevent(0, "promise.fulfilled", at + 4 * DAY),
    ):
        drill.client.send([event])
    drill.wait_for_counting()
    drill.product.manage("freeze_report", month)
    before = _company(drill, month)
    drill.client.send([load.made(1, at, due=due), load.cloudevent(1, "promise.failed", due)])
    drill.wait_for_counting()
    after = _company(drill, month)
    frozen, now = after["frozen"], after["now"]
    drill.note(
        f"the frozen month {month}: {frozen['kept']} of {frozen['n']} kept, as before; known now: "
        f"{now['kept']} of {now['n']}, said to differ: {after['differs']}"
    )
    drill.expect(frozen == before["frozen"], "a late fact changed a frozen month")
    drill.expect((now["kept"], now["n"]) == (1, 2), "the late fact is not known now")
    drill.expect(after["differs"] and not before["differs"], "the report does not say so")


def _company(drill: Drill, month: str) -> dict[str, Any]:
    """The company's line of a report: as frozen, and as it would be now."""
    product = drill.product
    request = Request(  # noqa: S310 - its own product
        f"{product.url}/api/v1/reports/{month}",
        headers={"Authorization": f"Bearer {product.key}"},
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        lines: list[dict[str, Any]] = json.load(answer)["results"]
    return next(line for line in lines if line["scope"] == "company")
