"""Limits that several processes share: never exceeded, and never waited for."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as case_settings
from hypothesis import strategies as st

from interactions import leasing
from interactions.leasing import BLOCKS, PAUSE_SECONDS, WAIT_SECONDS, Limiter, Policy
from promisegap.embedded import EmbeddedServers
from tests.servers import run_servers

QUOTA = 1_000
POLICY = Policy("test", QUOTA)
# A moment early in a window, so that no test crosses its end.
NOON = 1_800_000_000.0

_keys = itertools.count(os.getpid() * 1_000_000)

SPEND = """
import sys
from interactions.leasing import Limiter, Policy
limiter = Limiter(sys.argv[1], processes=2, clock=lambda: float(sys.argv[2]))
sys.stdin.readline()
policy = Policy("test", int(sys.argv[3]))
print(sum(limiter.take(policy, 7, 3).allowed for _ in range(int(sys.argv[3]))) * 3)
"""


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedServers]:
    """A Redis that this test may stop and freeze."""
    servers = EmbeddedServers(tmp_path)
    servers.start_redis()
    yield servers
    servers.stop_redis()


def limiter(servers: EmbeddedServers, *, at: Callable[[], float] = lambda: NOON) -> Limiter:
    return Limiter(servers.redis_url(), processes=2, clock=at)


def spend(who: Limiter, tries: int, cost: int = 1) -> int:
    return sum(who.take(POLICY, 1, cost).allowed for _ in range(tries)) * cost


def test_one_process_gets_all_of_it_and_no_more(own_redis: EmbeddedServers) -> None:
    alone = limiter(own_redis)
    assert spend(alone, QUOTA + 10) == QUOTA
    verdict = alone.take(POLICY, 1, 1)
    assert (verdict.allowed, verdict.remaining) == (False, 0)
    assert verdict.resets_in == 60 - NOON % 60


def test_two_processes_at_once_never_exceed_it(own_redis: EmbeddedServers) -> None:
    command = [sys.executable, "-c", SPEND, own_redis.redis_url(), str(NOON), "3000"]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    spent = [int(child.communicate(timeout=60)[0]) for child in children]
    assert 3000 - 2 * 3000 // BLOCKS <= sum(spent) <= 3000


def test_threads_of_a_process_never_exceed_it(own_redis: EmbeddedServers) -> None:
    shared, spent = limiter(own_redis), []
    threads = [
        threading.Thread(target=lambda: spent.append(spend(shared, QUOTA))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(spent) == QUOTA


@case_settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 1_500)), max_size=40),
)
def test_any_costs_in_any_turns_stay_within_it(turns: list[tuple[int, int]]) -> None:
    servers = run_servers()
    three = [limiter(servers) for _ in range(3)]
    # A key of its own for every case.
    key, spent = next(_keys), 0
    for who, cost in turns:
        if three[who].take(POLICY, key, cost).allowed:
            spent += min(cost, QUOTA)
    used = sum(b.spent for one in three for b in one._buckets.values())
    assert spent == used
    assert spent <= QUOTA


def test_keys_and_minutes_have_limits_of_their_own(own_redis: EmbeddedServers) -> None:
    moment = [NOON]
    one = limiter(own_redis, at=lambda: moment[0])
    assert spend(one, QUOTA + 1) == QUOTA
    assert one.take(POLICY, 2, 1).allowed
    assert one.take(Policy("other", QUOTA), 1, 1).allowed
    moment[0] += 60
    assert one.take(POLICY, 1, 1).allowed


def test_a_request_dearer_than_the_limit_takes_a_whole_window(own_redis: EmbeddedServers) -> None:
    one = limiter(own_redis)
    assert one.take(POLICY, 1, 10 * QUOTA).allowed
    assert not one.take(POLICY, 1, 1).allowed
    other = limiter(own_redis)
    assert not other.take(POLICY, 1, 10 * QUOTA).allowed


def test_redis_is_asked_for_blocks_only(own_redis: EmbeddedServers) -> None:
    one = limiter(own_redis)
    spend(one, 10 * QUOTA)
    calls = one._redis().info("commandstats")["cmdstat_eval"]["calls"]
    assert calls <= BLOCKS + 1


def test_without_redis_each_keeps_its_share(own_redis: EmbeddedServers) -> None:
    own_redis.stop_redis()
    began = time.monotonic()
    for one in (limiter(own_redis), limiter(own_redis)):
        assert spend(one, QUOTA) == QUOTA // 2
    assert time.monotonic() - began < 1


def test_it_is_shared_again_once_redis_is_back(
    own_redis: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "PAUSE_SECONDS", 0.5)
    one, two = limiter(own_redis), limiter(own_redis)
    own_redis.stop_redis()
    assert spend(one, 300) == 300
    own_redis.start_redis()
    time.sleep(0.6)
    # What was spent alone is told, so that the other one gets the rest and no more.
    assert one.take(POLICY, 1, 1).allowed
    assert 0 < spend(two, 2 * QUOTA) <= QUOTA - 301
    assert spend(one, 2 * QUOTA) <= QUOTA // BLOCKS


def test_a_redis_that_lost_everything_is_told_again(own_redis: EmbeddedServers) -> None:
    one, two = limiter(own_redis), limiter(own_redis)
    assert spend(one, 400) == 400
    one._redis().flushall()
    total = 400 + spend(two, 100) + spend(one, QUOTA) + spend(two, QUOTA)
    assert total <= QUOTA + QUOTA // BLOCKS


def test_a_frozen_redis_costs_one_short_wait(own_redis: EmbeddedServers) -> None:
    one = limiter(own_redis)
    assert one.take(POLICY, 1, 1).allowed
    assert own_redis.redis is not None
    os.kill(own_redis.redis.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for key in range(2, 200):
            assert one.take(POLICY, key, 1).allowed
        waited = time.monotonic() - began
    finally:
        os.kill(own_redis.redis.pid, signal.SIGCONT)
    assert waited < WAIT_SECONDS + 0.3 < PAUSE_SECONDS


def test_it_costs_microseconds(own_redis: EmbeddedServers) -> None:
    one, policy = limiter(own_redis), Policy("wide", 10_000_000)
    began = time.process_time()
    for _ in range(20_000):
        one.take(policy, 1, 1)
    assert (time.process_time() - began) / 20_000 < 20e-6
