"""F18: the worker killed in the middle of an import over the API, and of its undo."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

from tests.faults.drill import Drill
from tests.faults.product import wait_until

BAD_EVERY = 1_500
# A worker takes up what another left after ten seconds; the rest is the import itself.
OVER_SECONDS = 300.0
_MAPPING = {
    "source": "/import/orders",
    "zone": "Europe/Berlin",
    "reference": ["order"],
    "fields": {
        "kind": {"constant": "delivery"},
        "statement": {"column": "words"},
        "made_at": {"column": "ordered"},
        "due_at": {"column": "promised"},
        "fulfilled_at": {"column": "delivered"},
        "customer": {"id": {"column": "customer"}},
    },
}
_IMPORTED = """
SELECT e.event_id, e.type = 'event.retracted' FROM interactions_event e
JOIN interactions_source s ON s.id = e.source_id WHERE s.name = '/import/orders'
"""


def killed_again_and_again(drill: Drill, *, rows: int, times: int) -> None:
    """Upload a table, import it and undo it, and kill the worker so many times in each."""
    key = drill.product.manage("make_key", "--scope=admin").strip()
    ask = _asking(drill.product.url, key)
    bad = [f"o-bad-{n}" for n in range(0, rows, BAD_EVERY)]
    id = ask("POST", "?name=orders.csv", _table(rows), "text/csv")["id"]
    ask("PUT", f"/{id}/mapping", json.dumps({"mapping": _MAPPING}).encode())
    ask("POST", f"/{id}/start", b"{}")
    seen = _kill(drill, ask, id, times, "done")
    done = _over(drill, ask, id, "done")
    counts, events = done["counts"], 2 * rows
    drill.expect(seen > 0, "no kill fell into the import")
    told = {name: counts[name] for name in ("accepted", "duplicate", "rejected")}
    expected = {"accepted": events, "duplicate": 0, "rejected": len(bad)}
    drill.expect(told == expected, f"the import counted {told}, not {expected}")
    _expect_stored(drill, events, 0)
    with urlopen(_request(drill.product.url, key, "GET", f"/{id}/rejects")) as answer:  # noqa: S310
        rejects = [row["order"] for row in csv.DictReader(io.TextIOWrapper(answer, "utf-8"))]
    drill.expect(rejects == bad, f"the reject file holds {len(rejects)} rows, not {len(bad)}")

    ask("POST", f"/{id}/undo", b"")
    undone = _kill(drill, ask, id, times, "undone")
    drill.expect(undone > 0, "no kill fell into the undo")
    last = _over(drill, ask, id, "undone")
    drill.expect(last["undone"] == events, f"{last['undone']} of {events} were taken back")
    _expect_stored(drill, events, events)
    left = drill.product.number(
        "SELECT count(*) FROM promises_promise p JOIN interactions_source s ON s.id = p.source_id "
        "WHERE s.name = '/import/orders'"
    )
    drill.expect(left == 0, f"{left} promises are left of the undone import")
    drill.note(f"{rows:,} rows, {seen} kills in the import, {undone} in its undo")


Ask = Callable[..., dict[str, Any]]


def _kill(drill: Drill, ask: Ask, id: str, times: int, progress: str) -> int:
    """Kill the worker each time that something was stored since; how often that was in the middle.

    Shape: what was stored before a kill is there after it.
    """
    product, before, seen = drill.product, 0, 0
    for _ in range(times):
        wait_until(
            lambda at=before: _is_further(ask("GET", f"/{id}"), progress, at),  # type: ignore[misc]
            OVER_SECONDS,
            f"the import goes on ({progress})",
        )
        state = ask("GET", f"/{id}")
        if state["state"] in _OVER:
            break
        product.kill(product.pids("worker"))
        after = ask("GET", f"/{id}")
        drill.expect(after[progress] >= state[progress], "a kill took stored rows back")
        seen += after["state"] not in _OVER
        before = int(after[progress])
    return seen


_OVER = ("done", "undone", "failed")


def _is_further(state: dict[str, Any], progress: str, before: int) -> bool:
    return int(state[progress]) > before or state["state"] in _OVER


def _over(drill: Drill, ask: Ask, id: str, wanted: str) -> dict[str, Any]:
    """Wait until it is over and counted, and expect how it ended."""
    wait_until(lambda: ask("GET", f"/{id}")["state"] in _OVER, OVER_SECONDS, "the import is over")
    drill.wait_for_counting(seconds=OVER_SECONDS)
    found = ask("GET", f"/{id}")
    drill.expect(found["state"] == wanted, f"it ended as {found['state']}: {found.get('problem')}")
    return found


def _expect_stored(drill: Drill, events: int, retractions: int) -> None:
    """Each row's events are in the ledger, each once; the drill's own journal knows of them."""
    rows = drill.product.sql(_IMPORTED)
    drill.planted |= {row[0] for row in rows}
    found = (sum(not row[1] for row in rows), sum(row[1] for row in rows))
    wanted = (events, retractions)
    drill.expect(found == wanted, f"{found} facts and retractions in the ledger, not {wanted}")


def _table(rows: int) -> bytes:
    lines = ["order,words,ordered,promised,delivered,customer"]
    usual = "Arrives by Friday,2026-03-02 09:30,2026-03-06,2026-03-05 12:00"
    for n in range(rows):
        lines.append(f"o-{n},{usual},c-{n % 50}")
        if n % BAD_EVERY == 0:
            lines.append(f"o-bad-{n},Arrives soon,2026-03-02 09:30,soon,,c-9")
    return "\n".join([*lines, ""]).encode()


def _asking(url: str, key: str) -> Ask:
    def ask(
        method: str, path: str, body: bytes | None = None, media: str = "application/json"
    ) -> dict[str, Any]:
        request = _request(url, key, method, path, body, media)
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    return ask


def _request(
    url: str,
    key: str,
    method: str,
    path: str,
    body: bytes | None = None,
    media: str = "application/json",
) -> Request:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": media}
    return Request(f"{url}/api/v1/imports{path}", body, headers, method=method)  # noqa: S310
