"""Wiring only: settings, the schedule, addresses and the embedded servers."""
