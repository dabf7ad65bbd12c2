"""Making and editing standards, trying them on what happened, and promises of each period."""

from promises.services.standards.editing import (
    AlreadyEdited,
    NoStandard,
    checked,
    edit_standard,
    event_fields,
    make_standard,
    move_standard,
    new_reference,
    switch_standard,
)
from promises.services.standards.periods import make_periods
from promises.services.standards.trials import Trial, TrialExample, try_out
from promises.services.standards.words import TermsRefused

__all__ = [
    "AlreadyEdited",
    "NoStandard",
    "TermsRefused",
    "Trial",
    "TrialExample",
    "checked",
    "edit_standard",
    "event_fields",
    "make_periods",
    "make_standard",
    "move_standard",
    "new_reference",
    "switch_standard",
    "try_out",
]
