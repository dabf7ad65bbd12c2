"""The pages of settings: teams, touchpoints, segments, people, and what was changed."""

from promises.views.settings import changes, index, members, parties, people

__all__ = ["changes", "index", "members", "parties", "people"]
