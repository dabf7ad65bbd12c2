"""Meaning: promises, and the sums from which scores are read."""

from promises.models.calendar import Calendar, CalendarDay, CalendarVersion
from promises.models.cell import Cell, CellDelta, CellDetail, CellLateness
from promises.models.customer_score import CustomerMark, CustomerScore
from promises.models.parameters import KindParameters
from promises.models.promise import OpenPromise, Promise
from promises.models.run import DrainBatch, ImportRun, LedgerCheck, Watermark
from promises.models.standard import (
    CausedEvent,
    Standard,
    StandardOrder,
    StandardVersion,
)
from promises.models.webhook import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

__all__ = [
    "Calendar",
    "CalendarDay",
    "CalendarVersion",
    "CausedEvent",
    "Cell",
    "CellDelta",
    "CellDetail",
    "CellLateness",
    "CustomerMark",
    "CustomerScore",
    "DrainBatch",
    "ImportRun",
    "KindParameters",
    "LedgerCheck",
    "OpenPromise",
    "Promise",
    "Standard",
    "StandardOrder",
    "StandardVersion",
    "Watermark",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
