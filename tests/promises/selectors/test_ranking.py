"""Which customers stand worst by their stored rows: those with the highest lower bounds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions.known_parties import party_names, references_of
from interactions.models import Customer
from interactions.one_reading import one_reading
from promises.models import CustomerScore
from promises.selectors import ranking
from promises.selectors.asked import asked_from_query, question_for
from promises.services.customer_scores import refresh_all
from tests.events import made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("window", ["365d", "all"])
@pytest.mark.parametrize("kind", ["", "delivery", "quality"])
def test_the_worst_are_read_with_their_names_in_one_statement(
    window: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        own = (made(f"{number}-{n}", customer=f"c-{number}") for n in range(6 + number))
        store(*own)
    count()
    now = timezone.now()
    refresh_all(now=now)
    monkeypatch.setattr(ranking, "BESIDE", 1)
    asked = asked_from_query({"window": window, "kind": kind}, now=now)
    question = question_for(asked, team_ids=None)
    rows = CustomerScore.objects.filter(kind=kind, **{f"gap_low_{window}__isnull": False})
    worst = list(rows.order_by(f"-gap_low_{window}").values_list("customer_id", flat=True)[:4])
    assert bool(worst) == (kind != "quality")
    with one_reading(), CaptureQueriesContext(connection) as asks:
        assert ranking._stored_order(question, 3) == frozenset(worst)
        references = references_of(Customer, worst)
        named = party_names(Customer, references.values())
    assert len(asks) == 1
    assert named == {one: one for one in references.values()}
    assert len(named) == len(worst)
