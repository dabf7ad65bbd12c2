"""Database connections that are in order when a request begins."""

import logging
from typing import Any

from django.db import connections

logger = logging.getLogger(__name__)


def drop_left_open(**_signal: Any) -> None:
    """Drop connections of this thread whose transaction somebody left open.

    No request begins within one; Django itself leaves such a connection alone for ever, also where
    it is closed, and each request of its thread would fail.
    """
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            logger.error("A transaction was left open; its connection is dropped.")
            # Closed within one, it would count as the same connection.
            connection.in_atomic_block = connection.closed_in_transaction = False
            connection.close()
