"""`GET /api/v1/scores`: the fields of the contract, pages, and a clear error for what it cannot
read."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from interactions.keys import make_key
from promises.models import ShrinkageStrength
from promises.scores import WINDOWS
from promises.services.customer_scores import refresh_all
from tests.events import NOW, START, event, fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FIELDS = (
    *("id", "name", "n", "kept", "late", "partial", "failed", "open_overdue", "withdrawn"),
    *("not_yet_due", "kept_early", "kept_rate", "kept_low", "kept_high"),
    *("gap_score", "gap_low", "gap_high", "gap_raw", "parent_mean"),
    *("shrink_strength", "shrink_version", "rank_from", "rank_to", "n_eff", "enough"),
    *("lateness_median_hours", "lateness_p90_hours", "lateness_over_hours"),
    *("lateness_within_1d", "lateness_within_3d", "lateness_within_7d", "slips", "as_of"),
)
AS_OF = NOW.isoformat().replace("+00:00", "Z")
ADDRESS = "/api/v1/scores"


@pytest.fixture
def reader() -> Client:
    """A client with a key that may read."""
    _, key = make_key(name="reader", scopes=["read"])
    return Client(headers={"Authorization": f"Bearer {key}"})


def store_company() -> None:
    """Two teams, five customers with promises; the third customer's are the worst."""
    for number in range(30):
        reference, customer = f"order-{number}", f"c-{number % 5}"
        team, kind = f"team-{number % 2}", ("delivery", "response")[number % 2]
        store(made(reference, team=team, customer=customer, kind=kind))
        if number % 5 != 3:
            store(fulfilled(reference, START + (1 + number % 4) * DAY))
    store(event("customer.described", "c-2x", START, {"name": "Without Promises"}))
    count()


def read(client: Client, **asked: str) -> dict[str, Any]:
    answer = client.get(ADDRESS, {"as_of": AS_OF, "window": "all", **asked})
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("scope", ["company", "team", "customer"])
def test_a_row_has_the_fields_of_the_contract(reader: Client, scope: str) -> None:
    store_company()
    rows = read(reader, scope=scope)["results"]
    assert len(rows) == {"company": 1, "team": 2, "customer": 5}[scope]
    assert [tuple(row) for row in rows] == [FIELDS] * len(rows)


def test_the_answer_says_what_it_answers(reader: Client) -> None:
    store(made("pending"))
    body = read(reader, scope="team", kind="delivery", window="28d")
    del body["results"], body["parameters"]
    assert body == {
        "scope": "team",
        "window": "28d",
        "kind": "delivery",
        "zone": "UTC",
        "as_of": AS_OF,
        "pending_events": 1,
        "strength": {"version": 1, "m": 5, "holds_from": None, "groups": 0, "n": 0},
        "next": None,
        "touchpoint": "",
        "segment": None,
        "explicit": None,
        "first_day": "2026-03-04",
        "last_day": "2026-03-31",
    }


def test_it_shows_which_strength_held_when(reader: Client) -> None:
    ShrinkageStrength.objects.create(
        scope="team", kind="", version=2, m=12.5, holds_from=NOW, groups=14, n=320.5
    )
    told = {"version": 2, "m": 12.5, "holds_from": AS_OF, "groups": 14, "n": 320.5}
    assert read(reader, scope="team")["strength"] == told
    before = (NOW - timedelta(seconds=1)).isoformat()
    assert read(reader, scope="team", as_of=before)["strength"]["m"] == 5
    assert read(reader, scope="team", kind="delivery")["strength"]["m"] == 5
    assert read(reader, scope="customer")["strength"]["m"] == 5
    assert read(reader, scope="company")["strength"] is None


def test_it_shows_how_every_kind_is_judged(reader: Client) -> None:
    judged = {row["kind"]: row for row in read(reader)["parameters"]}
    assert judged["response"] == {
        "kind": "response",
        "version": 1,
        "base_loss": 0.25,
        "half_life_seconds": 14_400,
        "tolerance_seconds": 0,
    }
    assert sorted(judged) == ["delivery", "quality", "response"]


def test_asked_for_nothing_it_tells_of_the_company_now(reader: Client) -> None:
    before = timezone.now()
    body = reader.get(ADDRESS).json()
    assert (body["scope"], body["window"], body["kind"]) == ("company", "90d", "")
    assert before <= datetime.fromisoformat(body["as_of"]) <= timezone.now()
    (row,) = body["results"]
    assert (row["n"], row["gap_score"], row["kept_rate"]) == (0, None, None)


def test_figures_add_up(reader: Client) -> None:
    store_company()
    (company,) = read(reader)["results"]
    assert company["n"] == 30
    parts = ("kept", "late", "partial", "failed", "open_overdue")
    assert sum(company[part] for part in parts) == 30
    for scope in ("team", "customer"):
        rows = read(reader, scope=scope)["results"]
        assert sum(row["n"] for row in rows) == 30
        assert all(row["parent_mean"] == pytest.approx(company["gap_raw"]) for row in rows)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_pages_of_customers_give_each_exactly_once(reader: Client, limit: int) -> None:
    store_company()
    found, body, pages = [], read(reader, scope="customer", limit=str(limit)), 1
    while True:
        assert len(body["results"]) <= limit
        found += [row["id"] for row in body["results"]]
        if body["next"] is None:
            break
        body, pages = reader.get(body["next"]).json(), pages + 1
    assert found == [f"c-{number}" for number in range(5)]
    assert pages == max(1, -(-6 // limit))


def test_the_next_page_is_of_the_same_question(reader: Client) -> None:
    store_company()
    first = read(reader, scope="customer", limit="2", kind="response", window="365d")
    second = reader.get(first["next"]).json()
    for name in ("scope", "kind", "window", "as_of"):
        assert second[name] == first[name]


@pytest.mark.parametrize(
    "spelled",
    [
        "2026-03-31T12:00:00Z",
        "2026-03-31T12:00:00+00:00",
        "2026-03-31T07:00:00-05:00",
        "2026-03-31T17:30:00.000+05:30",
        "2026-03-31 12:00:00Z",
        "2026-03-31 17:30:00+05:30",
    ],
)
@pytest.mark.parametrize("quoted", [True, False])
def test_a_moment_may_have_any_offset(reader: Client, spelled: str, quoted: bool) -> None:
    # A plus sign that nobody quoted arrives as a space.
    given = quote(spelled) if quoted else spelled.replace(" ", "%20")
    answer = reader.get(f"{ADDRESS}?as_of={given}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["as_of"] == AS_OF


def test_the_past_is_told_as_it_was(reader: Client) -> None:
    store_company()
    early = (START + 3 * DAY + timedelta(hours=1)).isoformat()
    (then,), (now,) = read(reader, as_of=early)["results"], read(reader)["results"]
    assert then["open_overdue"] > now["open_overdue"]
    assert then["n"] == now["n"]


@pytest.mark.parametrize("as_of", [None, AS_OF])
def test_the_worst_customers_come_first(reader: Client, as_of: str | None) -> None:
    store_company()
    refresh_all(now=timezone.now())
    asked = {"scope": "customer", "order": "worst", "window": "all", "limit": "3"}
    rows = reader.get(ADDRESS, asked | ({"as_of": as_of} if as_of else {})).json()["results"]
    lows = [row["gap_low"] for row in rows]
    assert (len(rows), rows[0]["id"], lows) == (3, "c-3", sorted(lows, reverse=True))


def test_customers_with_too_few_promises_are_not_ranked(reader: Client) -> None:
    store(made("order-1"))
    count()
    assert read(reader, scope="customer", order="worst")["results"] == []


BAD: list[tuple[str, str]] = [
    ("windw", "28d"),
    ("format", "json"),
    ("scope", "agent"),
    ("scope", ""),
    ("kind", "gift"),
    ("kind", "Delivery"),
    ("window", "30d"),
    ("window", ""),
    ("order", "best"),
    ("limit", "0"),
    ("limit", "1001"),
    ("limit", "-1"),
    ("limit", "ten"),
    ("limit", "٣"),
    ("limit", "1e2"),
    ("limit", ""),
    ("limit", "1" * 5_000),
    ("cursor", "c-3"),
    ("cursor", "a:b:c"),
    ("cursor", "é\0%"),
    ("as_of", "yesterday"),
    ("as_of", "2026-03-31"),
    ("as_of", "2026-03-31T12:00:00"),
    ("as_of", "2026-02-30T12:00:00Z"),
    ("as_of", "2026-03-31T12:00:00+25:00"),
    ("as_of", "0001-01-01T00:00:00Z"),
    ("as_of", "9999-12-31T23:59:59Z"),
    ("as_of", "2999-01-01T00:00:00Z"),
    ("from", "yesterday"),
    ("from", "2026-W10-1"),
    ("to", "2026-W10-7"),
    ("from", "2999-01-01"),
    ("from", "0001-01-01"),
    ("to", "20260302"),
    ("to", ""),
    ("explicit", "yes"),
    ("segment", "a\0b"),
    ("touchpoint", "x" * 300),
]


@pytest.mark.parametrize("scope", ["company", "team", "customer"])
@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{n}={v[:20]}" for n, v in BAD])
def test_what_it_cannot_read_is_a_problem_with_a_pointer(
    reader: Client, name: str, value: str, scope: str
) -> None:
    answer = reader.get(ADDRESS, {"scope": scope, name: value})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    body = answer.json()
    assert body["status"] == 400
    assert [error["pointer"] for error in body["errors"]] == [f"#/{name}"]
    assert body["errors"][0]["detail"] in body["detail"]


def test_a_cursor_of_another_installation_is_refused(reader: Client, settings: Any) -> None:
    store_company()
    following = read(reader, scope="customer", limit="2")["next"]
    settings.SECRET_KEY = "another" * 8
    assert reader.get(following).status_code == 400


def test_every_window_is_known(reader: Client) -> None:
    for window in WINDOWS:
        assert read(reader, window=window)["window"] == window


def test_it_is_only_read(reader: Client) -> None:
    for method in (reader.post, reader.put, reader.patch, reader.delete):
        answer = method(ADDRESS)
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_without_a_key_it_is_401(client: Client) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_with_a_key_that_may_not_read_it_is_403() -> None:
    _, key = make_key(name="writer", scopes=["events:write"])
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_filters_and_days_of_one_s_own(reader: Client) -> None:
    store(made("stated"), made("silent", explicit=False, touchpoint="phone", segment="gold"))
    count()
    asked = {
        "explicit=false": {"explicit": "false"},
        "touchpoint=phone": {"touchpoint": "phone"},
        "segment=gold": {"segment": "gold"},
    }
    for name, query in asked.items():
        (row,) = read(reader, **query)["results"]
        assert (row["n"], row["lateness_median_hours"]) == (1, None), name
    (row,) = read(reader, touchpoint="nowhere")["results"]
    assert (row["n"], row["gap_score"]) == (0, None)
    (row,) = read(reader, segment="")["results"]
    assert row["n"] == 1


def test_days_of_one_s_own_take_the_window_s_place(reader: Client) -> None:
    store(made("early"), made("late", at=START + 9 * DAY))
    count()

    def asked(**query: str) -> tuple[str, str | None, str, int]:
        answer = reader.get(ADDRESS, {"as_of": AS_OF, **query})
        assert answer.status_code == 200, answer.content
        body = answer.json()
        return body["window"], body["first_day"], body["last_day"], body["results"][0]["n"]

    assert asked(**{"from": "2026-03-05"}) == ("custom", "2026-03-05", "2026-03-31", 1)
    assert asked(to="2026-03-05") == ("custom", None, "2026-03-05", 1)
    assert asked(to="2027-03-05")[2:] == ("2026-03-31", 2)
    answer = reader.get(ADDRESS, {"from": "2026-03-05", "window": "28d"})
    assert answer.json()["errors"][0]["pointer"] == "#/window"
    answer = reader.get(ADDRESS, {"from": "2026-03-05", "to": "2026-03-04"})
    assert answer.json()["errors"][0]["pointer"] == "#/to"
