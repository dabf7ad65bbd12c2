"""One reading of the scores, which is that of the whole page."""

from interactions.one_reading import is_reading, keep, kept, once, one_reading

__all__ = ["is_reading", "keep", "kept", "once", "one_reading"]
