"""No page reads a big table from end to end: the plans of its statements on a million promises.

The statements are those that the pages send, caught on their way; each is run once more under
EXPLAIN. The database is filled for this module alone and dropped after it.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from interactions.models import Membership
from promises.cells import rebuild_cells
from promises.models import Promise
from promises.services.counting import count_pending
from promises.services.customer_scores import refresh_all
from tests.benchmarks import many
from tests.events import START, fulfilled, made, store
from tests.promises.api.clients import reader

PROMISES = 1_000_000
# The promise with events: the others are there without any.
TOLD = "with-events"
# Tables that grow with promises, events and customers. Cells do not, and the open promises, of
# which a page counts those that are overdue, are few where somebody closes them.
BIG = {
    "promises_promise",
    "promises_customerscore",
    "interactions_event",
    "interactions_pendingevent",
    "interactions_customer",
}
# The largest customer has 40,000 promises: one node of a plan may read so many rows of a big table.
AT_MOST = 50_000
# A list tells how many it holds, up to 10,000. Where few of a period pass its filters, its index is
# read for that from one end of the period to the other, a quarter of the year.
COUNTED_AT_MOST = 300_000
_COUNT = "SELECT COUNT(*) FROM (SELECT"
# What is not so yet: each row that is shown is computed from all promises of its customer, also of
# those who have many.
WORST = pytest.mark.xfail(strict=True, reason="a list of 100 customers reads all their promises")
PAGES = (
    "/?whole=1",
    "/?window=28d&whole=1",
    "/?window=365d&kind=delivery&whole=1",
    "/teams/",
    "/teams/t-7?whole=1",
    "/teams/t-7?window=365d&kind=response&whole=1",
    "/customers/c-5000?whole=1",
    "/customers/c-1?window=28d&whole=1",
    "/promises/{promise}",
    "/promises/",
    "/promises/?window=28d&kind=delivery&stands=late",
    "/promises/?team=t-7&stands=overdue",
    "/promises/?stands=ahead&sort=-made_at",
    "/promises/?customer=c-5000&stands=missed",
    "/promises/?touchpoint=p-3&segment=gold&explicit=true",
    "/at-risk/",
    "/at-risk/?team=t-7",
    "/at-risk/calibration",
    "/analysis/?whole=1",
    "/analysis/?window=365d&whole=1",
    "/desk/",
    "/desk/?of=teams",
    "/health/",
    "/search/?q=customer+77",
    "/api/v1/scores?scope=customer&order=worst&window=90d",
    pytest.param("/api/v1/scores?scope=customer&order=worst&window=all&kind=quality", marks=WORST),
    "/api/v1/scores?scope=customer",
    "/api/v1/promises",
)

# Each test looks, and what it changes is rolled back.
pytestmark = pytest.mark.django_db

Plan = dict[str, Any]


@pytest.fixture(scope="module")
def million(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Client]:
    """A browser of a manager's on a database of a million promises."""
    with django_db_blocker.unblock():
        home = str(connection.settings_dict["NAME"])
        name = f"{home}_plans"
        _elsewhere(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        connection.settings_dict["NAME"] = name
        try:
            # Not a copy of the tests' own: a worker of theirs may be connected to it.
            call_command("migrate", verbosity=0)
            yield _filled()
        finally:
            _elsewhere(f'DROP DATABASE "{name}" WITH (FORCE)')
            connection.settings_dict["NAME"] = home


def _elsewhere(*statements: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def _filled() -> Client:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    many.fill(PROMISES, lambda _text: None)
    rebuild_cells()
    refresh_all(now=timezone.now())
    store(made(TOLD, customer="c-77", team="t-7", touchpoint="p-3"), fulfilled(TOLD, START))
    count_pending()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    manager = User.objects.create_user("manager", "manager@example.com", "x" * 20)
    Membership.objects.create(user=manager, role=Membership.Role.ADMIN)
    client = Client()
    client.force_login(manager)
    return client


def statements_of(client: Client, page: str) -> list[tuple[str, Any]]:
    """What a page reads, in its own order."""
    caught: list[tuple[str, Any]] = []

    def catch(execute: Any, sql: str, params: Any, many_: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            caught.append((sql, params))
        return execute(sql, params, many_, context)

    with connection.execute_wrapper(catch):
        answer = (reader() if page.startswith("/api/") else client).get(page)
        for _ in getattr(answer, "streaming_content", ()):
            pass
    assert answer.status_code == 200, (page, answer.status_code)
    return caught


def plan_of(sql: str, params: Any) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
    return dict((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def rows_read(node: Plan) -> int:
    """How many rows of its table a node looked at, all its loops together."""
    removed = sum(
        node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    )
    return round((node["Actual Rows"] + removed) * node["Actual Loops"])


def too_much(sql: str, params: Any = None) -> list[str]:
    """What the plan of a statement does that no page may do."""
    at_most = COUNTED_AT_MOST if sql.startswith(_COUNT) else AT_MOST
    # Of a table in which there is little, the shortest way is to read it all.
    return [
        f"{node['Node Type']} reads {rows_read(node):,} rows of {node['Relation Name']}"
        for node in nodes(plan_of(sql, params))
        if node.get("Relation Name") in BIG and rows_read(node) > at_most
    ]


def test_a_scan_is_found(million: Client) -> None:
    assert too_much("SELECT count(*) FROM promises_promise WHERE loss > %s", [5])
    assert too_much("SELECT max(loss) FROM promises_promise WHERE team_id > 0")
    assert too_much("SELECT count(id) FROM promises_promise")
    assert not too_much("SELECT max(matures_at) FROM promises_promise")


def test_outcomes_are_written_in_place(million: Client) -> None:
    """Room on the page and no index on what changes: the row stays where its keys find it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE promises_promise SET state = 'late', loss = loss + 1, settled_at = now() "
            "WHERE id % 500 = 0"
        )
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = %s",
            ["promises_promise"],
        )
        changed, in_place = cursor.fetchone()
    assert changed > 1_900
    assert in_place > 0.95 * changed


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_big_table_from_end_to_end(million: Client, page: str) -> None:
    page = page.format(promise=Promise.objects.get(reference=TOLD).pk)
    wrong = [
        f"{what}\n{' '.join(sql.split())[:400]}"
        for sql, params in statements_of(million, page)
        for what in too_much(sql, params)
    ]
    assert not wrong, "\n\n".join((page, *wrong))
