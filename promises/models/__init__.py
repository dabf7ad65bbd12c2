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
from promises.models.cell import (
    Cell,
    CellDelta,
    CellDetail,
    CellLateness,
    CellSegment,
    CellStake,
    CellStandard,
    CellStretch,
    CellTouchpoint,
    KindLatenessStretch,
    LatenessStretch,
    ResidueStretch,
    StretchBase,
    TeamLatenessStretch,
)
from promises.models.consequence import Consequence, CustomerFact, FactMark
from promises.models.customer_score import CustomerMark, CustomerScore, WorstFloor
from promises.models.importing import Upload, UploadPiece, UploadSpan
from promises.models.parameters import KindParameters
from promises.models.promise import OpenPromise, Promise, Remainder
from promises.models.reading import DatedNote, LastAsked, ReadingPage, SavedView
from promises.models.report import MonthlyReport
from promises.models.restating import Restatement
from promises.models.run import DrainBatch, ImportRun, LedgerCheck, Watermark
from promises.models.settling import Measure, OpenChance, RiskFit, SettlingCell
from promises.models.standard import (
    CausedEvent,
    Standard,
    StandardOrder,
    StandardVersion,
)
from promises.models.strength import ShrinkageStrength
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
    "CellSegment",
    "CellStake",
    "CellStandard",
    "CellStretch",
    "CellTouchpoint",
    "Channel",
    "Consequence",
    "Crossing",
    "CustomerFact",
    "CustomerMark",
    "CustomerScore",
    "DatedNote",
    "Delivery",
    "Digest",
    "DrainBatch",
    "FactMark",
    "ImportRun",
    "KindLatenessStretch",
    "KindParameters",
    "LastAsked",
    "LatenessStretch",
    "LedgerCheck",
    "Measure",
    "Message",
    "MonthlyReport",
    "NotificationSettings",
    "OpenChance",
    "OpenPromise",
    "Promise",
    "ReadingPage",
    "Remainder",
    "ResidueStretch",
    "Restatement",
    "RiskFit",
    "SavedView",
    "SettlingCell",
    "ShrinkageStrength",
    "Standard",
    "StandardOrder",
    "StandardVersion",
    "StretchBase",
    "TeamLatenessStretch",
    "Upload",
    "UploadPiece",
    "UploadSpan",
    "Watermark",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WorstFloor",
]
