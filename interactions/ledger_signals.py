"""The signal that new events are in the ledger, importable before the models are."""

from django.dispatch import Signal

# Sent after the commit of newly recorded events; `promises` connects the wake-up.
events_recorded = Signal()
