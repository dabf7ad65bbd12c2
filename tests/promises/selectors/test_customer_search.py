"""Customers are found while somebody types, through indexes, and only those one may see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.models import Customer, Team
from interactions.selectors import EVERYTHING, NOTHING, Viewer
from promises.selectors.customer_search import customers_like
from promises.services.counting import count_pending
from tests.events import made, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def many() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO interactions_customer"
            " (reference, name, preferred_name, zone, segment, is_new, created_at)"
            " SELECT 'c-' || n, 'Person ' || n || ' O''Neill-Smith', 'Nick' || n, '', '', false,"
            " now() FROM generate_series(1, 20000) AS n"
        )
        cursor.execute("ANALYZE interactions_customer")
    Customer.objects.create(reference="c-ada", name="Ada Lovelace", preferred_name="Countess")


def found(text: str, viewer: Viewer = EVERYTHING) -> list[str]:
    return [hit.reference for hit in customers_like(viewer, text)]


@pytest.mark.usefixtures("many")
def test_by_id_name_and_any_word_of_them() -> None:
    assert found("c-ada") == ["c-ada"]
    assert found("a") == ["c-ada"]
    assert found("ADA") == ["c-ada"]
    assert found("ada  love") == ["c-ada"]
    assert found("lovelace") == ["c-ada"]
    assert found("love ada") == ["c-ada"]
    assert found("countess") == ["c-ada"]
    sevens = ["c-777", *(f"c-777{n}" for n in range(7))]
    assert found("smith 777") == sevens
    assert found("person 19999") == ["c-19999"]
    for nothing in ("", " ", "%", "_", "'", "' | 'a", "\\", "a\0b", "nobody", "x" * 5_000, "&:*"):
        assert "c-1" not in found(nothing)


@pytest.mark.usefixtures("many")
def test_every_way_has_its_index() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert found("smith 19998") == ["c-19998"]
    assert len(asked.captured_queries) == 3
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, plan


def test_agents_find_the_customers_of_their_teams() -> None:
    store(made("a", customer="c-1"), made("b", customer="c-2", team="support"))
    count_pending()
    support = Team.objects.get(reference="support")
    agent = Viewer(user_id=1, role="agent", team_ids=frozenset({support.pk}))
    assert found("c-", agent) == ["c-2"]
    assert found("c-1", agent) == []
    assert found("c-1", NOTHING) == []
    assert sorted(found("c-")) == ["c-1", "c-2"]
