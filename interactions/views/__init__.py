"""Pages about facts: sources, keys, connecting a source."""

from interactions.views import connect, sources

__all__ = ["connect", "sources"]
