"""Pages of parties: how an id or name begins is looked up, not searched for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.models import Customer
from promises.selectors.parties import party_page

pytestmark = pytest.mark.django_db

MANY = """
INSERT INTO interactions_customer (reference, name, is_new, created_at, preferred_name, zone,
                                   segment)
SELECT 'c-' || n, 'Person ' || n, false, now(), '', '', '' FROM generate_series(1, 30000) AS n
"""


@pytest.fixture
def many() -> None:
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE interactions_customer")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("prefix", "after", "found"),
    [
        ("c-29999", "", ["c-29999"]),
        ("person 777", "", ["c-777", "c-7770", "c-7771"]),
        ("person 777", "c-7778", ["c-7779"]),
        ("nobody", "", []),
        ("%", "", []),
        ("", "c-9998", ["c-9999"]),
    ],
)
def test_a_page_is_found_through_indexes(prefix: str, after: str, found: list[str]) -> None:
    with CaptureQueriesContext(connection) as asked:
        page, _ = party_page(Customer.objects.all(), prefix=prefix, after=after, limit=3)
    assert [customer.reference for customer in page] == found
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
    if prefix:
        assert "customer_name_begins" in plan, plan
