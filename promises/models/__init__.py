"""Meaning: promises, and the sums from which scores are read."""

from promises.models.alert import (
    AlertRule,
    Channel,
    Delivery,
    Digest,
    Message,
    NotificationSettings,
)
from promises.models.calendar import Calendar, CalendarDay, CalendarVersion
from promises.models.cell import Cell, CellDelta, CellDetail, CellLateness
from promises.models.customer_score import CustomerMark, CustomerScore
from promises.models.importing import Upload, UploadPiece, UploadSpan
from promises.models.parameters import KindParameters
from promises.models.promise import OpenPromise, Promise
from promises.models.run import DrainBatch, ImportRun, LedgerCheck, Watermark
from promises.models.standard import (
    CausedEvent,
    Standard,
    StandardOrder,
    StandardVersion,
)
from promises.models.watching import Crossing
from promises.models.webhook import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

__all__ = [
    "AlertRule",
    "Calendar",
    "CalendarDay",
    "CalendarVersion",
    "CausedEvent",
    "Cell",
    "CellDelta",
    "CellDetail",
    "CellLateness",
    "Channel",
    "Crossing",
    "CustomerMark",
    "CustomerScore",
    "Delivery",
    "Digest",
    "DrainBatch",
    "ImportRun",
    "KindParameters",
    "LedgerCheck",
    "Message",
    "NotificationSettings",
    "OpenPromise",
    "Promise",
    "Standard",
    "StandardOrder",
    "StandardVersion",
    "Upload",
    "UploadPiece",
    "UploadSpan",
    "Watermark",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
