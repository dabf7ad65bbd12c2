"""A plain second reading of the rules, to hold against the fold. It shares no code with it.

Everything is an integer of microseconds; nothing is incremental that can be counted again.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from promises.domain.facts import Fact
from tests.promises.domain.offices import Spans, open_later, open_length, open_spans

DAY = 86_400_000_000
FOREVER = 10**18
TOLERANCE = {"delivery": 0, "response": 0, "quality": 3 * DAY}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime | str) -> int:
    """Microseconds since 1970."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    gone = moment - EPOCH
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def due_micros(text: str, zone: ZoneInfo) -> int:
    """A due date of the strategies; none of their zones changes its clock at midnight."""
    if len(text) > 10:
        return micros(text)
    return micros(datetime.combine(date.fromisoformat(text), time.max, tzinfo=zone))


def pushed(
    due: int,
    since: int,
    tolerance: int,
    waits: list[list[Any]],
    made: int,
    now: int | None,
    spans: Spans | None,
) -> tuple[list[tuple[int, int]], list[tuple[int, int]], bool]:
    """All pauses united; the parts of them that push a date; whether the last still runs."""
    paused = [
        (max(start, made), FOREVER if end is None else max(end, made)) for _, start, end in waits
    ]
    points = sorted({point for span in paused for point in span})
    united: list[tuple[int, int]] = []
    for left, right in pairwise(points):
        if any(start <= left and right <= end for start, end in paused):
            if united and united[-1][1] == left:
                united[-1] = (united[-1][0], right)
            else:
                united.append((left, right))
    parts: list[tuple[int, int]] = []
    for left, right in united:
        left = max(left, since)
        already = length_after(parts, since, spans)
        if left >= right or left > open_later(due, already, spans) + tolerance:
            continue
        if right == FOREVER:
            parts.append((left, left if now is None else max(left, now)))
            return united, parts, True
        parts.append((left, right))
    return united, parts, False


def length_after(parts: list[tuple[int, int]], since: int, spans: Spans | None) -> int:
    """The time that counts in parts after a moment."""
    return sum(
        open_length(max(start, since), end, spans)
        for start, end in parts
        if end > max(start, since)
    )


def moved(due: int, parts: list[tuple[int, int]], since: int, spans: Spans | None) -> int:
    """A date, pushed by what counts."""
    return open_later(due, length_after(parts, since, spans), spans)


def reference(  # noqa: C901 - one long page on purpose: the rules top to bottom
    facts: Iterable[Fact], zone: ZoneInfo, as_of: datetime | None
) -> dict[str, Any] | None:
    """What R2, R6, R8, R16, R17 and R19 say about a set of facts."""
    heard: list[Fact] = []
    for fact in facts:
        again = any((other.source, other.id) == (fact.source, fact.id) for other in heard)
        if not again and (as_of is None or fact.occurred_at <= as_of):
            heard.append(fact)
    heard.sort(key=lambda f: f.id.encode("utf-8"))
    heard.sort(key=lambda f: f.source.encode("utf-8"))
    heard.sort(key=lambda f: f.type != "promise.made")
    heard.sort(key=lambda f: f.occurred_at)
    types = {(fact.source, fact.id): fact.type for fact in heard}
    gone = [
        (fact.data["source"], fact.data["id"])
        for fact in heard
        if fact.type == "event.retracted"
        and types.get((fact.data["source"], fact.data["id"]), "event.retracted")
        != "event.retracted"
    ]
    left = [fact for fact in heard if (fact.source, fact.id) not in gone]
    makings = [fact for fact in left if fact.type == "promise.made"]
    if not makings:
        return None

    making = makings[0]
    made, kind = micros(making.occurred_at), making.data["kind"]
    tolerance = TOLERANCE[kind]
    if "tolerance_minutes" in making.data:
        tolerance = making.data["tolerance_minutes"] * DAY // 1_440
    if making.data["customer"].get("zone"):
        zone = ZoneInfo(making.data["customer"]["zone"])
    given = due_micros(making.data["due_at"], zone)
    goal = making.data.get("quality") if kind == "quality" else None

    first, first_since, latest, latest_since = given, made, given, made
    first_hours = latest_hours = open_spans(making.data.get("target"))
    waits: list[list[Any]] = []
    paused_before = 0
    shares: list[tuple[int, float, float, float | None]] = []  # (at, g_q, fraction, value)
    end: str | None = None
    end_at: int | None = None
    failed_at: int | None = None
    announced = unannounced = 0
    chain = [(made, given, given, "first", making.source, making.id)]
    notes: list[tuple[str, str, str]] = []
    verdict: str | None = None

    for fact in left:
        at, data = micros(fact.occurred_at), fact.data
        what = fact.type.split(".")[1]

        def note(code: str, fact: Fact = fact) -> None:
            notes.append((code, fact.source, fact.id))

        if what in ("fulfilled", "failed") and at < made:
            note("outcome_before_made")
        done = end is not None or any(share[1] == 0 for share in shares)
        if what == "made":
            if fact is not making:
                note("second_made")
            elif given < made:
                note("due_before_made")
        elif what in ("confirmed", "disputed"):
            verdict = what
        elif what == "retracted":
            named = types.get((data["source"], data["id"]))
            if named is None:
                note("retracts_nothing")
            elif named == "event.retracted":
                note("retraction_stands")
        elif what == "reopened":
            if end is not None or not shares:
                note("reopened_not_fulfilled")
            elif at > shares[-1][0] + 14 * DAY:
                note("reopened_too_late")
            else:
                shares = []
        elif done:
            note("after_settled")
        elif what == "paused":
            key = data.get("pause", "")
            if any(wait[0] == key and wait[2] is None for wait in waits):
                note("already_paused")
            else:
                waits.append([key, at, None])
                if not pushed(first, first_since, tolerance, waits, made, at, first_hours)[2]:
                    note("paused_after_due")
        elif what == "resumed":
            key = data.get("pause", "")
            mine = [wait for wait in waits if wait[0] == key and wait[2] is None]
            if mine:
                mine[0][2] = at
            else:
                note("not_paused")
        else:
            _, parts, waiting = pushed(first, first_since, tolerance, waits, made, at, first_hours)
            first_now = moved(first, parts, first_since, first_hours)
            due_now = moved(latest, parts, latest_since, latest_hours)
            if what == "rescheduled":
                new = due_micros(data["due_at"], zone)
                link = (at, new, due_now)
                request = data.get("customer_request")
                early = request and micros(request["at"]) < made - DAY // 288
                request = None if early else request
                said = data.get("told_at")
                untold = said is not None and micros(said) < made - DAY // 288
                if request and micros(request["at"]) > first_now + tolerance:
                    note("customer_change_too_late")
                elif request and new == due_now and new == first_now:
                    note("same_date")
                elif request:
                    paused_before += length_after(parts, first_since, first_hours)
                    first = latest = new
                    first_since = latest_since = at
                    if "target" in data:
                        latest_hours = open_spans(data["target"])
                    first_hours = latest_hours
                    chain.append((*link, "customer", fact.source, fact.id))
                    if untold:
                        note("told_before_made")
                elif new == due_now:
                    note("same_date")
                else:
                    sort = "earlier"
                    if new > due_now:
                        told = None if untold else data.get("told_at")
                        in_time = told is not None and micros(told) <= due_now
                        sort = "slip_announced" if in_time else "slip_unannounced"
                        announced += in_time
                        unannounced += not in_time
                    latest, latest_since = new, at
                    if "target" in data:
                        latest_hours = open_spans(data["target"])
                    chain.append((*link, sort, fact.source, fact.id))
                    if early:
                        note("customer_change_before_made")
                    elif untold:
                        note("told_before_made")
            elif what == "fulfilled":
                value, share = data.get("value"), data.get("fraction", 1.0)
                gap = 1.0 - share
                if goal and value is not None:
                    short = goal["target"] - value
                    short = short if goal["comparator"] == ">=" else -short
                    gap = min(max(short, 0) / goal["scale"], 1.0)
                    share = 1.0 - gap
                else:
                    value = None
                if shares and gap >= shares[-1][1]:
                    note("not_more_than_before")
                else:
                    shares.append((at, gap, share, value))
            elif what == "failed":
                end, end_at, failed_at = "failed", at, at
            elif what == "withdrawn" and data["by"] == "us":
                end, end_at = "failed", at
            elif what == "withdrawn" and (waiting or at <= first_now + tolerance):
                end, end_at = "withdrawn", at
            elif what == "withdrawn":
                end, end_at = "stopped", at
                note("withdrawn_after_due")
        if end is not None or any(share[1] == 0 for share in shares):
            for wait in waits:
                wait[2] = at if wait[2] is None else wait[2]

    now = None if as_of is None else micros(as_of)
    united, parts, running = pushed(first, first_since, tolerance, waits, made, now, first_hours)
    first_due = moved(first, parts, first_since, first_hours)
    state, settled = "open", None
    if end in ("failed", "withdrawn"):
        state, settled = end, end_at
    elif shares:
        settled = shares[-1][0]
        state = "late" if settled > first_due + tolerance else "kept"
        if shares[-1][1] > 0:
            state = "partial"
    outcomes = [share[0] for share in shares] + ([] if failed_at is None else [failed_at])
    counts = [fact.type.split(".")[1] for fact in heard]
    return {
        "made": (making.source, making.id, made),
        "given_due": given,
        "first_due": first_due,
        "due": moved(latest, parts, latest_since, latest_hours),
        "matures_at": None if running else first_due + tolerance,
        "state": state,
        "settled_at": settled,
        "stopped_at": end_at if end == "stopped" else None,
        "shares": shares[-1][1:] if shares else (0.0, 0.0, None),
        "slips": (announced, unannounced),
        "chain": chain,
        "notes": notes,
        "verdict": verdict,
        "retro": making.by_person and bool(outcomes) and micros(making.recorded_at) > min(outcomes),
        "paused": paused_before + length_after(parts, first_since, first_hours),
        "pauses": [(start, None if stop == FOREVER else stop) for start, stop in united],
        "eventful": bool(gone)
        or counts.count("made") > 1
        or counts.count("fulfilled") + counts.count("failed") > 1
        or not {"rescheduled", "paused", "reopened", "withdrawn"}.isdisjoint(counts),
    }
