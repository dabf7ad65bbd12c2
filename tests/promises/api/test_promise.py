"""`GET /api/v1/promises/{id}` and its events."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from promises.domain.loss import DEFAULT_PARAMETERS, time_loss
from tests.events import START, event, fulfilled, made, retracted, store
from tests.promises.api.clients import (
    DAY,
    PROMISES,
    all_pages,
    assert_problem,
    id_of,
    reader,
    shop,
    store_company,
)
from tests.promises.asking import count

pytestmark = pytest.mark.django_db


def one(reference: str, **asked: str) -> dict[str, Any]:
    answer = reader().get(f"{PROMISES}/{id_of(reference)}", asked)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_it_shows_how_the_loss_comes_about() -> None:
    store_company()
    body = one("late")
    sums = body["arithmetic"]
    rest = (1 - sums["time"]) * (1 - sums["quality"]) * (1 - sums["slips"])
    assert body["loss"] == sums["loss"] == pytest.approx(1 - rest)
    assert (sums["counts"], sums["lateness_seconds"], sums["weight"]) == (True, 5 * 86_400, 2)
    judged = DEFAULT_PARAMETERS["response"]
    assert (sums["base_loss"], sums["half_life_seconds"], sums["parameters_version"]) == (
        judged.base_loss,
        judged.half_life_seconds,
        1,
    )
    assert body["as_of"] is None


def test_it_shows_every_date_that_was_given() -> None:
    store_company()
    body = one("moved")
    assert [link["kind"] for link in body["date_chain"]] == ["first", "slip_unannounced"]
    assert (body["slips_unannounced"], body["chronic"], body["overdue"]) == (1, False, True)


def test_notes_say_what_changed_nothing() -> None:
    store_company()
    store(fulfilled("kept", START + 2 * DAY))
    count()
    (note,) = one("kept")["notes"]
    assert (note["code"], note["source"]) == ("after_settled", "/shop")


def test_a_quality_promise_shows_its_target() -> None:
    quality = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 1.0}
    store(made("uptime", kind="quality", quality=quality))
    store(fulfilled("uptime", START + 2 * DAY, value=99.4))
    count()
    assert one("uptime")["quality"] == quality | {"value": 99.4}
    store_company()
    assert one("kept")["quality"] is None


def test_the_past_is_told_as_it_was() -> None:
    store_company()
    as_of = START + 5 * DAY
    body = one("late", as_of=as_of.isoformat())
    assert (body["state"], body["overdue"], body["settled_at"]) == ("open", True, None)
    judged = DEFAULT_PARAMETERS["response"]
    assert body["loss"] == pytest.approx(
        time_loss(86_400, base_loss=judged.base_loss, half_life_seconds=judged.half_life_seconds)
    )
    assert body["as_of"] == "2026-03-06T09:00:00Z"


def test_before_it_was_made_there_was_nothing() -> None:
    store_company()
    answer = reader().get(f"{PROMISES}/{id_of('late')}", {"as_of": START.isoformat()})
    assert_problem(answer, 404)


def test_an_etag_holds_until_an_outcome_is_recorded() -> None:
    store_company()
    read, address = reader(), f"{PROMISES}/{id_of('overdue')}"
    with time_machine.travel(START + 50 * DAY, tick=False):
        first = read.get(address)
        tag = first["ETag"]
        assert tag.startswith('"')
        for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = read.get(address, headers={"If-None-Match": header})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
            assert again["Cache-Control"] == "no-store"
        assert read.get(address, headers={"If-None-Match": '"other"'}).content == first.content
    with time_machine.travel(START + 50 * DAY + timedelta(seconds=30), tick=False):
        assert read.get(address)["ETag"] == tag
        store(fulfilled("overdue", START + 8 * DAY))
        count()
        settled = read.get(address, headers={"If-None-Match": tag})
        assert (settled.status_code, settled.json()["state"]) == (200, "late")
        assert settled["ETag"] != tag
    with time_machine.travel(START + 90 * DAY, tick=False):
        assert read.get(address)["ETag"] == settled["ETag"]


def test_what_grows_is_told_as_of_the_minute() -> None:
    store_company()
    later = START + 50 * DAY + timedelta(minutes=7, seconds=30)
    with time_machine.travel(later, tick=False):
        body = one("overdue")
    assert body["as_of"] == "2026-04-20T09:07:00Z"
    with time_machine.travel(START + 5 * DAY + timedelta(seconds=20), tick=False):
        # In the minute in which it matured the loss is that of the first moment.
        assert one("overdue")["loss"] == pytest.approx(0.25)


def test_an_etag_changes_as_it_falls_due() -> None:
    now = timezone.now()
    store(made("soon", at=now - DAY, due=now + DAY))
    count()
    read, address = reader(), f"{PROMISES}/{id_of('soon')}"
    tag = read.get(address)["ETag"]
    with time_machine.travel(now + timedelta(hours=23)):
        assert read.get(address)["ETag"] == tag
    with time_machine.travel(now + timedelta(hours=25)):
        assert read.get(address)["ETag"] != tag


@pytest.mark.parametrize("id", ["0", "9" * 18, "9" * 30, "x", "-1", "٣", "1.0", "%00"])
@pytest.mark.parametrize("rest", ["", "/events"])
def test_what_is_not_there_is_404(id: str, rest: str) -> None:
    assert_problem(reader().get(f"{PROMISES}/{id}{rest}"), 404)


def test_its_events_come_in_order_and_in_pages() -> None:
    store_company()
    mistake = event("promise.failed", "overdue", START + 7 * DAY, {"reason": "mistaken"})
    store(mistake, retracted(mistake, START + 8 * DAY), fulfilled("overdue", START + 9 * DAY))
    count()
    address = f"{PROMISES}/{id_of('overdue')}/events"
    rows = all_pages(reader(), address, limit="1")
    assert rows == all_pages(reader(), address)
    assert [row["type"] for row in rows] == [
        "promise.made",
        "promise.failed",
        "event.retracted",
        "promise.fulfilled",
    ]
    assert [row["retracted"] for row in rows] == [False, True, False, False]
    assert rows[0]["data"]["team"] == "fulfilment"
    assert rows[0]["promise"] == id_of("overdue")


def test_only_keys_that_read_see_it() -> None:
    store_company()
    for rest in ("", "/events"):
        assert_problem(shop().get(f"{PROMISES}/{id_of('kept')}{rest}"), 403)
