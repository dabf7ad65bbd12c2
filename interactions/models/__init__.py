"""Facts: parties, sources and the ledger of events."""

from interactions.models.change import Change
from interactions.models.event import (
    ApiKey,
    Arrival,
    Event,
    KeyRefusal,
    PendingEvent,
    Source,
    Tombstone,
)
from interactions.models.installation import Installation
from interactions.models.intake import IntakeHour, IntakeRow
from interactions.models.party import Customer, Membership, Segment, Team, Touchpoint
from interactions.models.preference import Preference
from interactions.models.sign_in import FailedSignIns
from interactions.models.tally import SourceTally, TallyMark

__all__ = [
    "ApiKey",
    "Arrival",
    "Change",
    "Customer",
    "Event",
    "FailedSignIns",
    "Installation",
    "IntakeHour",
    "IntakeRow",
    "KeyRefusal",
    "Membership",
    "PendingEvent",
    "Preference",
    "Segment",
    "Source",
    "SourceTally",
    "TallyMark",
    "Team",
    "Tombstone",
    "Touchpoint",
]
