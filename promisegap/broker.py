"""Redis as Celery's broker: neither rubbish on the queue nor a Redis that goes ends the worker.

Kombu lets both end it: each piece that is no message, and the loss of a connection while wake-ups
are unacknowledged, for it then gives them back over a connection that is no more. The start of a
worker takes seconds.
"""

import logging
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis

logger = logging.getLogger(__name__)


class Channel(redis.Channel):
    """A channel that reads past rubbish and gives nothing back: wake-ups are sent again by the
    schedule (R3)."""

    do_restore = False

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
