"""The faults themselves, one function each: what is done to a product while a client writes."""

import os
import random
import signal
import time

from tests.faults.drill import Drill
from tests.faults.product import wait_until

BACK_SECONDS = 40.0
# Granian takes a process that dies sooner after its start for a crash loop, and ends altogether.
APART_SECONDS = 6.0


def kill_pool_children(drill: Drill, times: int) -> None:
    """F1: end a pool process of the worker with SIGKILL, each time with a batch in hand."""
    product, in_hand, slowest = drill.product, 0, 0.0
    for _ in range(times):
        in_hand += _wait_for_a_batch(drill)
        product.kill(product.workers("worker"))
        wait_until(lambda: len(product.workers("worker")) >= 2, BACK_SECONDS, "the pool is back")
        slowest = max(slowest, drill.wait_for_counting())
    drill.note(
        f"{times} kills of the pool, {in_hand} with a batch in hand; back in {slowest:.1f} s"
    )
    drill.expect_within(10, slowest, "counting after a kill")


def kill_the_worker(drill: Drill, times: int) -> None:
    """F2: end the whole worker with SIGKILL; the supervisor starts another."""
    product, in_hand, slowest = drill.product, 0, 0.0
    for _ in range(times):
        in_hand += _wait_for_a_batch(drill)
        product.kill(product.pids("worker"))
        slowest = max(slowest, drill.wait_for_counting())
    drill.note(f"{times} kills, {in_hand} with a batch in hand; counting again in {slowest:.1f} s")
    drill.expect_within(15, slowest, "counting after a kill")


def kill_web_workers(drill: Drill, times: int, *, chance: random.Random) -> None:
    """F4, first half: end one of granian's processes with SIGKILL, in the middle of requests."""
    product, slowest = drill.product, 0.0
    for number in range(times):
        time.sleep(chance.uniform(0.3, 1.0) + APART_SECONDS * bool(number))
        victim = chance.choice(product.workers("web"))
        product.kill([victim])
        slowest = max(slowest, drill.wait_for_answers())
        wait_until(
            lambda gone=victim: gone not in (now := product.workers("web")) and len(now) >= 2,  # type: ignore[misc]
            BACK_SECONDS,
            "granian has both processes again",
        )
    drill.note(f"{times} kills of a web process; the next acknowledgement within {slowest:.2f} s")


def kill_the_web_server(drill: Drill) -> None:
    """F4, second half: end granian's main process; the supervisor starts another."""
    product = drill.product
    old = product.pids("web")
    product.kill(old[:1])
    wait_until(
        lambda: not set(old) & set(now := product.pids("web")) and len(now) >= 3,
        BACK_SECONDS,
        "the supervisor has started granian again",
    )
    took = drill.wait_for_answers()
    drill.note(f"granian killed; acknowledged again {took:.1f} s after its processes were back")


def redis_stopped(drill: Drill, seconds: float) -> None:
    """F5 (a): Redis is gone for a while."""
    servers = drill.product.servers
    _watched(drill, servers.stop_redis, seconds, servers.start_redis, f"gone for {seconds:.0f} s")


def redis_killed(drill: Drill, times: int) -> None:
    """F5 (b): Redis dies and comes back."""
    servers, slowest = drill.product.servers, 0.0
    for _ in range(times):
        assert servers.redis is not None
        servers.redis.kill()
        servers.redis.wait()
        servers.start_redis()
        time.sleep(1)
        slowest = max(slowest, drill.wait_for_counting())
    drill.note(f"{times} kills of Redis; counting again within {slowest:.1f} s")
    drill.expect_within(30, slowest, "counting after a kill of Redis")


def redis_frozen(drill: Drill, seconds: float) -> None:
    """F5 (c): Redis takes connections and answers nothing."""
    redis = drill.product.servers.redis
    assert redis is not None
    _watched(
        drill,
        lambda: os.kill(redis.pid, signal.SIGSTOP),
        seconds,
        lambda: os.kill(redis.pid, signal.SIGCONT),
        f"frozen for {seconds:.0f} s",
    )


def postgres_restarted(drill: Drill, number: signal.Signals, *, away: float, what: str) -> None:
    """F6: PostgreSQL ends in one of its ways, is away, and comes back."""
    product = drill.product
    product.stop_postgres(number)
    time.sleep(away)
    product.servers.start_postgres()
    took = drill.wait_for_answers()
    drill.note(f"PostgreSQL {what}, {away:.0f} s away: acknowledged again {took:.2f} s after start")
    drill.expect_within(5, took, f"the first acknowledgement after PostgreSQL was {what}")


def backends_ended(drill: Drill, times: int, *, every: float) -> None:
    """F6: every connection to the database is ended, again and again."""
    for _ in range(times):
        drill.product.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        drill.wait_for_answers()
        time.sleep(every)
    drill.note(f"all connections ended {times} times")


def _watched(drill: Drill, begin: object, seconds: float, end: object, what: str) -> None:
    """Do something to Redis for a while, and compare how long requests take meanwhile."""
    assert callable(begin)
    assert callable(end)
    before = drill.journal.percentile(0.95)
    began = time.monotonic()
    begin()
    time.sleep(seconds)
    during = drill.journal.percentile(0.95, since=began)
    end()
    took = drill.wait_for_counting()
    drill.note(
        f"Redis {what}: acknowledged within p95 {during * 1000:.0f} ms "
        f"(before: {before * 1000:.0f} ms); counting again within {took:.1f} s"
    )
    drill.expect(during <= before + 0.2, "requests waited for Redis")
    drill.expect_within(30, took, "counting after Redis was back")


def _wait_for_a_batch(drill: Drill, seconds: float = 5.0) -> bool:
    """Return as soon as the worker has a batch in hand; False where none was seen."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if drill.product.number("SELECT count(*) FROM promises_drainbatch"):
            return True
    return False
