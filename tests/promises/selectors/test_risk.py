"""Lists of open promises at risk: in pages, limited, and along an index."""

from datetime import timedelta

import pytest
from django.db import connection

from interactions.models import Customer, Source, Team, Touchpoint
from interactions.selectors import EVERYTHING, Viewer
from promises.models import OpenChance, Promise
from promises.selectors.risk import MOST_COUNTED, Place, at_risk_read
from promises.selectors.visibility import visible_chances
from tests.events import NOW
from tests.promises.risks import store_risks

pytestmark = pytest.mark.django_db

MANY = 20_000

_FILL = """
INSERT INTO promises_promise (source_id, reference, kind, statement, customer_id, team_id,
    touchpoint_id, segment, made_by, claim_source, parameters_version, made_at, given_due,
    first_due, due, matures_at, state, fraction, quality_loss, slips_announced, slips_unannounced,
    stake, paid_in_advance, explicit, confidence, eventful, retro, paused_seconds, notes, weight,
    weight_squared, loss, open_weight, open_residual, events_count, last_event_at, projected_at)
SELECT %(source)s, 'many-' || n, 'delivery', 'It arrives', %(customer)s,
       (%(teams)s::bigint[])[1 + n %% 50], %(touchpoint)s, '', '', '', 1, %(now)s, d, d, d, d,
       'open', 0, 0, 0, 0, 1, false, true, 1, false, false, 0, '[]', 0, 0, 0, 0, 0, 1, %(now)s,
       %(now)s
FROM (SELECT n, %(now)s::timestamptz + n * interval '1 minute' AS d
      FROM generate_series(1, %(many)s) AS n) AS numbers;
INSERT INTO promises_openpromise (promise_id, customer_id, team_id, kind, due, first_due,
    matures_at)
SELECT id, customer_id, team_id, kind, due, first_due, matures_at FROM promises_promise
WHERE reference LIKE 'many-%%';
INSERT INTO promises_openchance (promise_id, team_id, kind, matures_at, chance)
SELECT id, team_id, kind, matures_at, (id * 7919 %% 10007) / 10007.0 FROM promises_promise
WHERE reference LIKE 'many-%%';
ANALYZE promises_promise; ANALYZE promises_openpromise; ANALYZE promises_openchance;
"""


def fill() -> list[int]:
    """Many open promises of 50 teams. Shape: the keys of the teams."""
    teams = [Team.objects.create(reference=f"t-{n}", name="").pk for n in range(50)]
    values = {
        "source": Source.objects.create(name="/many").pk,
        "customer": Customer.objects.create(reference="c", name="").pk,
        "touchpoint": Touchpoint.objects.create(reference="w", name="").pk,
        "teams": teams,
        "now": NOW,
        "many": MANY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, values)
    return teams


def test_pages_go_on_without_a_gap_where_chances_are_equal() -> None:
    store_risks(now=NOW)
    OpenChance.objects.update(chance=0.25)
    whole = [line.id for line in at_risk_read(EVERYTHING, now=NOW).lines]
    paged: list[int] = []
    place: Place | None = None
    while True:
        page = at_risk_read(EVERYTHING, now=NOW, after=place, limit=1)
        paged += [line.id for line in page.lines]
        place = page.next
        if place is None:
            break
    assert paged == whole == sorted(whole)
    assert len(paged) == 3


def test_a_promise_that_changed_its_team_is_not_shown_to_the_old_one() -> None:
    store_risks(now=NOW)
    south = Team.objects.get(reference="south").pk
    viewer = Viewer(1, "agent", frozenset({south}))
    assert len(at_risk_read(viewer, now=NOW).lines) == 1
    north = Team.objects.get(reference="north").pk
    Promise.objects.filter(reference="moved").update(team=north)
    assert at_risk_read(viewer, now=NOW).lines == ()


def test_however_many_there_are_the_list_walks_along_an_index() -> None:
    teams = fill()
    for viewer in (EVERYTHING, Viewer(1, "agent", frozenset(teams[:5]))):
        chances = visible_chances(viewer).filter(
            matures_at__gt=NOW, promise__openpromise__isnull=False
        )
        plan = chances.order_by("chance", "promise")[:51].explain()
        assert "open_chance_" in plan
        for table in ("openchance", "openpromise", "promise"):
            assert f"Seq Scan on promises_{table}" not in plan, plan
        page = at_risk_read(viewer, now=NOW)
        assert len(page.lines) == 50
        assert [line.chance for line in page.lines] == sorted(line.chance for line in page.lines)
        assert page.likely_missed <= MOST_COUNTED + 1
    later = NOW + timedelta(minutes=MANY - 10)
    assert len(at_risk_read(EVERYTHING, now=later).lines) == 10
