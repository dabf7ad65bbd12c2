"""Which version judges: against a plain reading of the rule."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promises.domain.judging import Held, Judging, Restated
from promises.domain.loss import DEFAULT_PARAMETERS, KindParameters

START = datetime(2026, 1, 1, tzinfo=UTC)
days = st.integers(0, 20).map(lambda n: START + timedelta(days=n))


def parameters(version: int) -> KindParameters:
    return KindParameters(version, "delivery", 0.25, 3_600.0, 60.0 * version)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    since=st.lists(days, max_size=4).map(sorted),
    restated=st.lists(st.tuples(st.integers(1, 5), days), max_size=4),
    made_at=st.integers(-5, 25).map(lambda n: START + timedelta(days=n)),
)
def test_the_last_restatement_before_which_it_was_made_else_what_held(
    since: list[datetime], restated: list[tuple[int, datetime]], made_at: datetime
) -> None:
    held = [Held(START, parameters(1))]
    held += [Held(moment, parameters(place)) for place, moment in enumerate(since, 2)]
    judging = Judging({"delivery": held}, {"delivery": [Restated(*one) for one in restated]})
    known = {one.parameters.version for one in held}
    named = [version for version, until in restated if made_at < until and version in known]
    holding = [one.parameters.version for one in held[1:] if one.valid_from <= made_at]
    expected = named[-1] if named else ([1, *holding])[-1]
    assert judging("delivery", made_at).version == expected
    assert judging.held("delivery", made_at).version == ([1, *holding])[-1]


def test_without_any_version_the_first_parameters_judge() -> None:
    judging = Judging({}, {"quality": [Restated(1, START)]})
    assert judging("quality", START - timedelta(days=1)) == DEFAULT_PARAMETERS["quality"]
