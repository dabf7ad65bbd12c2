"""Things that a part chokes on: events that cannot be counted, rubbish in the queue (F13)."""

import secrets
import time
from datetime import UTC, datetime, timedelta

import redis

from tests.faults.drill import Drill
from tests.faults.product import Product, wait_until

QUEUE = "promisegap"
RUBBISH = (b"rubbish", b"{}", b"[1, 2", b"\xff\xfe", b'{"body": 1, "headers": 2}')
NEIGHBOURS_SECONDS = 10.0
ATTEMPTS = 5

# Past the gate, as a bug of tomorrow would do it: a promise without a customer.
_PLANT = """
WITH stored AS (
    INSERT INTO interactions_event (source_id, event_id, type, subject, subject_source_id,
                                    occurred_at, recorded_at, data)
    SELECT id, %s, 'promise.made', %s, id, now() - interval '9 days', now(),
           '{"kind": "delivery", "due_at": "2026-03-06", "statement": "without a customer"}'
    FROM interactions_source WHERE name = '/drill'
    RETURNING id
)
INSERT INTO interactions_pendingevent (event_id, state, attempts, reason)
SELECT id, 'pending', 0, '' FROM stored
"""
_STATE = """
SELECT p.state, p.attempts, p.reason FROM interactions_pendingevent p
JOIN interactions_event e ON e.id = p.event_id WHERE e.subject = %s
"""
# Whoever counts this promise sleeps in the middle of it, so that it can be killed there.
_SLOW = """
CREATE OR REPLACE FUNCTION drill_sleeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(20);
    RETURN NEW;
END $$;
CREATE TRIGGER drill_sleeps BEFORE INSERT ON promises_promise
    FOR EACH ROW WHEN (NEW.reference LIKE 'killer-%') EXECUTE FUNCTION drill_sleeps()
"""
_QUICK = "DROP TRIGGER IF EXISTS drill_sleeps ON promises_promise"
_SLEEPING = "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


def redis_of(product: Product) -> "redis.Redis":
    """A client of the product's Redis."""
    return redis.Redis.from_url(product.servers.redis_url())


def rubbish_in_redis(drill: Drill, *, pieces: int = len(RUBBISH)) -> None:
    """Strings on the queue that are no messages; the worker must be at work again soon."""
    slowest = 0.0
    for piece in RUBBISH[:pieces]:
        with redis_of(drill.product) as client:
            client.lpush(QUEUE, piece)
        time.sleep(0.3)
        slowest = max(slowest, drill.wait_for_counting())
    drill.note(f"{pieces} rubbish strings in the queue: counting again in {slowest:.1f} s")
    drill.expect_within(NEIGHBOURS_SECONDS, slowest, "counting after rubbish in Redis")


def large_event(drill: Drill) -> None:
    """One event of about a megabyte."""
    at = datetime.now(UTC) - timedelta(days=9)
    event = drill.load.made(1_000_000, at, due=at + timedelta(days=2))
    event["data"]["attributes"] = {"large": "x" * 1_000_000}
    results = drill.client.send([event])
    drill.expect(bool(results) and results[0]["status"] == "accepted", "1 MB was not taken")
    drill.note(f"an event of 1 MB: counted within {drill.wait_for_counting():.1f} s")


def uncountable_event(drill: Drill) -> None:
    """An event that no code can count: set aside after 5 attempts, its neighbours counted."""
    subject = plant(drill, "bad")
    took = wait_until(lambda: set_aside(drill, subject), 45, "the event is set aside")
    state, attempts, reason = drill.product.sql(_STATE, [subject])[0]
    lag = drill.wait_for_counting()
    drill.note(
        f"an uncountable event: {state} after {attempts} attempts and {took:.1f} s "
        f"({reason[:60]}); neighbours counted within {lag:.1f} s"
    )
    drill.expect(attempts == ATTEMPTS, f"{attempts} attempts")
    drill.expect_within(NEIGHBOURS_SECONDS, lag, "counting the neighbours")


def killing_event(drill: Drill) -> None:
    """An event whose counting kills its process every time: set aside, too."""
    product = drill.product
    product.sql(_SLOW)
    load = drill.load
    name, load.name = load.name, "killer"
    at = datetime.now(UTC) - timedelta(days=9)
    event = load.made(0, at, due=at + timedelta(days=2))
    load.name = name
    drill.client.send([event])
    began, kills, seen = time.monotonic(), 0, 0
    while not set_aside(drill, event["subject"]):
        assert time.monotonic() - began < 150, f"not set aside after {kills} kills"
        # The next may begin before this one's server process has noticed: each is known by its own.
        if (sleeping := product.number(_SLEEPING)) and sleeping != seen:
            kills += 1
            seen = sleeping
            product.kill(product.workers("worker"))
        time.sleep(0.05)
    took = time.monotonic() - began
    product.sql(_QUICK)
    lag = drill.wait_for_counting()
    drill.note(
        f"an event that kills its process: set aside after {kills} kills and {took:.0f} s; "
        f"its neighbours were counted within {lag:.1f} s from then"
    )


def plant(drill: Drill, name: str) -> str:
    """Write an event past the gate and return its subject."""
    subject, id_ = f"{name}-{secrets.token_hex(4)}", secrets.token_hex(16)
    drill.planted.add(id_)
    drill.product.sql(_PLANT, [id_, subject])
    return subject


def set_aside(drill: Drill, subject: str) -> bool:
    """Whether the event about the subject was set aside."""
    rows = drill.product.sql(_STATE, [subject])
    return bool(rows) and rows[0][0] == "set aside"
