"""Which version of a kind's parameters judges a promise: a function of its kind and making (R18).

The version that held when it was made, unless a restatement says otherwise; of several
restatements the last. What a restatement says is data, so that folding a promise anew gives the
same row, whoever folds it and whenever.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from promises.domain.loss import DEFAULT_PARAMETERS, KindParameters


class Held(NamedTuple):
    """A version, and from when on it holds for what is made."""

    valid_from: datetime
    parameters: KindParameters


class Restated(NamedTuple):
    """Promises made before `until` are judged by a version."""

    version: int
    until: datetime


class Judging:
    """The look-up of the parameters of a kind.

    Shape: `held` in the order of their versions, `restated` in the order in which they were asked
    for. The first version also judges what was made before it.
    """

    def __init__(
        self,
        held: Mapping[str, Sequence[Held]],
        restated: Mapping[str, Sequence[Restated]] | None = None,
    ) -> None:
        self._held = held
        self._restated = restated or {}
        self._by_version = {(kind, 1): first for kind, first in DEFAULT_PARAMETERS.items()}
        for kind, versions in held.items():
            for one in versions:
                self._by_version[kind, one.parameters.version] = one.parameters

    def __call__(self, kind: str, made_at: datetime) -> KindParameters:
        """The parameters that judge a promise of a kind that was made at a moment."""
        for restated in reversed(self._restated.get(kind, ())):
            if made_at < restated.until:
                found = self._by_version.get((kind, restated.version))
                if found is not None:
                    return found
        return self.held(kind, made_at)

    def held(self, kind: str, made_at: datetime) -> KindParameters:
        """The parameters that held at a moment, restated or not."""
        chosen = DEFAULT_PARAMETERS[kind]
        for valid_from, parameters in self._held.get(kind, ()):
            if valid_from <= made_at or parameters.version == 1:
                chosen = parameters
        return chosen
