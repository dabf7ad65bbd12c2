"""How often a key may call: fields on every answer, 429 with `Retry-After` where it is too often.

Two limits: `ingest` counts events, `read` counts requests to everything else.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from interactions.authentication import Caller
from interactions.leasing import WINDOW_SECONDS, Limiter, Policy, Verdict

# DRF's views import their default throttles, so that they cannot be imported from here.
if TYPE_CHECKING:
    from rest_framework.views import APIView

INGEST = Policy("ingest", settings.RATE_LIMIT_PER_MINUTE)
READ = Policy("read", settings.READ_LIMIT_PER_MINUTE)


@cache
def limiter() -> Limiter:
    """The limits of this process."""
    return Limiter(settings.REDIS_URL, processes=settings.WEB_PROCESSES)


class ReadLimit(BaseThrottle):
    """One token for each request; the default of all views."""

    policy = READ

    def __init__(self) -> None:
        self._wait: int | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Spend a token of the key, and say on the answer how many are left."""
        caller = request.auth
        if not isinstance(caller, Caller) or not self.policy.quota:
            return True
        verdict = limiter().take(self.policy, caller.key_id, 1)
        _say(view, self.policy, verdict)
        self._wait = verdict.resets_in
        return verdict.allowed

    def wait(self) -> int | None:
        """Seconds until there are tokens again."""
        return self._wait


class IngestLimit(ReadLimit):
    """The first token of a request that brings events; `charge_events` takes the others."""

    policy = INGEST


def charge_events(view: APIView, caller: Caller, events: int) -> None:
    """Spend the tokens of all events of a request but the first.

    Raises: Throttled (429) where they are not there; nothing was recorded then.
    """
    if events <= 1 or not INGEST.quota:
        return
    verdict = limiter().take(INGEST, caller.key_id, min(events, INGEST.quota) - 1)
    _say(view, INGEST, verdict)
    if not verdict.allowed:
        raise Throttled(wait=verdict.resets_in)


def _say(view: APIView, policy: Policy, verdict: Verdict) -> None:
    """DRF copies a view's headers to whatever it answers, errors too."""
    view.headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.quota};w={WINDOW_SECONDS}'
    view.headers["RateLimit"] = f'"{policy.name}";r={verdict.remaining};t={verdict.resets_in}'
