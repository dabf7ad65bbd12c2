"""Tokens of a shared limit, leased from Redis in blocks: a request costs microseconds, not a call.

Each process holds, for each key and window of a minute, tokens that it may spend alone. Redis adds
up what all hold. Without Redis each process spends its share of the limit, and nobody waits: after
one short wait Redis is left alone for some seconds (R3).
"""

import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

WINDOW_SECONDS = 60
# A process leases so much of a limit at once.
BLOCKS = 20
# How long a request may wait for Redis, and how long nobody asks it again after that.
WAIT_SECONDS = 0.1
PAUSE_SECONDS = 5.0
_BUCKETS = 20_000

# Each process writes down all that it holds, spent or not, and not the difference: after a restart
# of Redis the sum is right again as soon as each has asked.
_LEASE = """
local held = 0
local all = redis.call('HGETALL', KEYS[1])
for place = 1, #all, 2 do
    if all[place] ~= ARGV[1] then held = held + tonumber(all[place + 1]) end
end
local mine, asked, most = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local granted = math.max(0, math.min(asked, most - held - mine))
redis.call('HSET', KEYS[1], ARGV[1], mine + granted)
redis.call('EXPIRE', KEYS[1], ARGV[5])
return {granted, held}
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """A limit. Units: `quota` tokens a minute and key; 0 means no limit."""

    name: str
    quota: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the tokens were there. Units: `resets_in` is seconds."""

    allowed: bool
    remaining: int
    resets_in: int


class _Bucket:
    """What this process holds of one key's limit in one window."""

    __slots__ = ("exhausted", "held_by_others", "left", "spent", "window")

    def __init__(self, window: int) -> None:
        self.window = window
        self.left = 0
        self.spent = 0
        self.held_by_others = 0
        self.exhausted = False


class Limiter:
    """The limits of one process."""

    def __init__(self, url: str, *, processes: int, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._processes = processes
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, int], _Bucket] = {}
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._client: redis.Redis | None = None
        self._asks_again_at = 0.0

    def take(self, policy: Policy, key_id: int, cost: int) -> Verdict:
        """Spend `cost` tokens of a key, all or none.

        A cost above the whole quota counts as the quota: a fresh window lets one such request in.
        """
        now = self._clock()
        window = int(now // WINDOW_SECONDS)
        cost = min(cost, policy.quota)
        with self._lock:
            bucket = self._bucket(policy, key_id, window)
            if bucket.left < cost and not bucket.exhausted:
                self._lease(policy, key_id, bucket, cost)
            allowed = self._spend(policy, bucket, cost)
            remaining = self._remaining(policy, bucket)
        return Verdict(allowed, remaining, WINDOW_SECONDS - int(now % WINDOW_SECONDS))

    def _bucket(self, policy: Policy, key_id: int, window: int) -> _Bucket:
        place = (policy.name, key_id)
        bucket = self._buckets.get(place)
        if bucket is None or bucket.window != window:
            if len(self._buckets) >= _BUCKETS:
                self._buckets = {k: b for k, b in self._buckets.items() if b.window == window}
            bucket = self._buckets[place] = _Bucket(window)
        return bucket

    def _spend(self, policy: Policy, bucket: _Bucket, cost: int) -> bool:
        if bucket.left >= cost:
            bucket.left -= cost
        elif not self._is_away() or bucket.spent + cost > self._share(policy):
            return False
        bucket.spent += cost
        return True

    def _remaining(self, policy: Policy, bucket: _Bucket) -> int:
        if self._is_away():
            return max(bucket.left, self._share(policy) - bucket.spent, 0)
        return max(bucket.left, policy.quota - bucket.held_by_others - bucket.spent, 0)

    def _share(self, policy: Policy) -> int:
        return max(1, policy.quota // self._processes)

    def _is_away(self) -> bool:
        return time.monotonic() < self._asks_again_at

    def _lease(self, policy: Policy, key_id: int, bucket: _Bucket, cost: int) -> None:
        """Ask Redis for a block, or for what is missing where that is more."""
        if self._is_away():
            return
        asked = max(policy.quota // BLOCKS, cost - bucket.left)
        place = f"promisegap:limit:{policy.name}:{key_id}:{bucket.window}"
        mine = bucket.spent + bucket.left
        arguments = [self._name, mine, asked, policy.quota, 2 * WINDOW_SECONDS]
        try:
            granted, bucket.held_by_others = self._redis().eval(
                _LEASE, 1, place, *(str(argument) for argument in arguments)
            )
        except (redis.RedisError, OSError):
            self._asks_again_at = time.monotonic() + PAUSE_SECONDS
            return
        bucket.left += granted
        # Nothing comes back within a window: who has asked in vain need not ask again.
        bucket.exhausted = granted < asked

    def _redis(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                self._url,
                socket_timeout=WAIT_SECONDS,
                socket_connect_timeout=WAIT_SECONDS,
                retry=Retry(NoBackoff(), retries=0),
            )
        return self._client
