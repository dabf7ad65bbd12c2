"""Telling people: rules, messages, digests, and how they are delivered."""
