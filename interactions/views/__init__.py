"""Pages about facts: sources, keys, connecting a source; and signing in."""

from interactions.views import connect, signing_in, sources

__all__ = ["connect", "signing_in", "sources"]
