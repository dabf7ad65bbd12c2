"""Meaning: promises, and the sums from which scores are read."""

from promises.models.alert import (
    AlertRule,
    Channel,
    Delivery,
    Digest,
    Message,
    NotificationSettings,
)
from promises.models.cell import Cell, CellDelta, CellDetail, CellLateness
from promises.models.customer_score import CustomerMark, CustomerScore
from promises.models.parameters import KindParameters
from promises.models.promise import OpenPromise, Promise
from promises.models.run import DrainBatch, ImportRun, LedgerCheck, Watermark
from promises.models.watching import Crossing

__all__ = [
    "AlertRule",
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
    "Watermark",
]
