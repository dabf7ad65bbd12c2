"""Facts: parties, sources and the ledger of events."""

from interactions.models.event import (
    ApiKey,
    Event,
    KeyRefusal,
    PendingEvent,
    Source,
    Tombstone,
)
from interactions.models.installation import Installation
from interactions.models.intake import IntakeHour, IntakeRow
from interactions.models.party import Customer, Membership, Team, Touchpoint
from interactions.models.preference import Preference
from interactions.models.tally import SourceTally, TallyMark

__all__ = [
    "ApiKey",
    "Customer",
    "Event",
    "Installation",
    "IntakeHour",
    "IntakeRow",
    "KeyRefusal",
    "Membership",
    "PendingEvent",
    "Preference",
    "Source",
    "SourceTally",
    "TallyMark",
    "Team",
    "Tombstone",
    "Touchpoint",
]
