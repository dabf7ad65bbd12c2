"""The pages of frozen reports."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from interactions.ledger import record
from promises.models import MonthlyReport
from promises.services.counting import count_pending
from tests.promises.views.test_pages import read
from tests.promises.views.world import World, build_world, promise_made

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def last_month() -> str:
    """A month that is over."""
    first = timezone.localdate().replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def test_a_manager_freezes_a_month_and_everybody_reads_their_part(
    client: Client, world: World
) -> None:
    # Before everything in the world, whatever day it is.
    month = f"{world.now - timedelta(days=60):%Y-%m}"
    made = datetime.combine(date.fromisoformat(f"{month}-05"), time(12), tzinfo=UTC)
    ada = {"id": "c-1"}
    early = promise_made("early", made, kind="delivery", team="fulfilment", customer=ada)
    record([early], recorded_at=world.now)
    count_pending()
    assert "There is none yet" in read(client, world.alice, "/reports/")
    asked = read(client, world.alice, f"/reports/freeze?month={month}")
    assert "1 promise fell due in this month." in asked
    assert not MonthlyReport.objects.exists()
    answer = client.post("/reports/freeze", {"month": month})
    assert (answer.status_code, answer["Location"]) == (302, f"/reports/{month}")
    assert MonthlyReport.objects.get().frozen_by == "alice"
    page = read(client, world.alice, f"/reports/{month}")
    assert "Nothing that happened up to then was heard since" in page
    assert "Company" in page
    assert "by alice" in page
    # What changed takes longer: the page asks for it afterwards, or a reader without scripts does.
    address = f"/reports/{month}?compared=1"
    first = client.get(f"/reports/{month}").content.decode()
    assert first.count(address) == 2
    assert "Being compared with what is known now" in page
    assert "answered the same now" not in page
    compared = read(client, world.alice, address)
    assert "The same question is answered the same now" in compared
    assert "eing compared" not in compared
    assert "hx-trigger" not in client.get(address).content.decode().split('id="figures"')[1]
    table = client.get(f"/reports/{month}.csv")
    assert table["Content-Type"].startswith("text/csv")
    assert table.content.decode("utf-8-sig").startswith("month,scope,id,name,n,")
    again = client.post("/reports/freeze", {"month": month})
    assert again["Location"] == f"/reports/{month}"
    page = read(client, world.bob, f"/reports/{month}")
    assert "Company" not in page


@pytest.mark.parametrize("month", ["", "soon", "2999-01", "2026-99", "1999-01"])
def test_what_cannot_be_frozen_is_said(client: Client, world: World, month: str) -> None:
    client.force_login(world.alice)
    answer = client.post("/reports/freeze", {"month": month}, follow=True)
    assert answer.status_code == 200
    assert 'class="alert' in answer.content.decode()
    assert (
        'class="alert'
        in client.get("/reports/freeze", {"month": month}, follow=True).content.decode()
    )
    assert not MonthlyReport.objects.exists()


def test_agents_freeze_nothing_and_what_is_not_there_is_404(client: Client, world: World) -> None:
    client.force_login(world.bob)
    assert client.post("/reports/freeze", {"month": last_month()}).status_code == 403
    assert client.get("/reports/freeze", {"month": last_month()}).status_code == 403
    for path in ("/reports/2001-01", "/reports/soon", "/reports/soon.csv"):
        assert client.get(path).status_code == 404
    assert "Freeze a month" not in client.get("/reports/").content.decode()
