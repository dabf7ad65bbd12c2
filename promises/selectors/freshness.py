"""How complete the figures are."""

from interactions.models import Event, Source
from interactions.selectors import pending_counts
from promises.domain.loss import KindParameters
from promises.models.kinds import Kind
from promises.projection import kind_parameters
from promises.projection.facts import ParametersOf
from promises.selectors.pages import Asked, Freshness


def freshness_read(asked: Asked) -> Freshness:
    """What still waits, and for a past as_of how much was heard since."""
    counts = pending_counts()
    return Freshness(
        pending=counts["pending"],
        waiting=counts["waiting"],
        set_aside=counts["set aside"],
        heard_since=0 if asked.is_now else heard_since(asked),
        sample_loaded=Source.objects.filter(is_sample=True, events__isnull=False).exists(),
    )


def heard_since(asked: Asked) -> int:
    """Events that occurred by as_of and were recorded after it (R4)."""
    return Event.objects.filter(occurred_at__lte=asked.as_of, recorded_at__gt=asked.as_of).count()


def parameters_read(
    asked: Asked, look_up: ParametersOf | None = None
) -> tuple[KindParameters, ...]:
    """b, h and tau of each kind as they held at as_of: shown wherever a score is shown (R9)."""
    look_up = look_up or kind_parameters()
    kinds = [asked.kind] if asked.kind else Kind.values
    return tuple(look_up(kind, asked.as_of) for kind in kinds)
