"""Redis as Celery's broker: what lies on the queue and is no message is dropped.

Kombu lets the error end the worker, once for each such piece, and its start takes seconds.
"""

import logging
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis

logger = logging.getLogger(__name__)


class Channel(redis.Channel):
    """A channel that reads past rubbish."""

    def _brpop_read(self, **options: Any) -> Any:
        """Read what came; a wake-up that cannot be read is made up for by the sweep (R3)."""
        try:
            return super()._brpop_read(**options)  # type: ignore[misc] # missing in the stubs
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("Something in Redis that is no message was dropped: %r", error)
            raise Empty from None


class Transport(redis.Transport):
    """Kombu's transport with that channel."""

    Channel = Channel


def read_past_rubbish() -> None:
    """Use it for every address of Redis, before the first connection."""
    for alias in ("redis", "rediss"):
        TRANSPORT_ALIASES[alias] = "promisegap.broker:Transport"
