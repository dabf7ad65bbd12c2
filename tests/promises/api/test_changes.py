"""`/api/v1/changes`, and what the API tells of a customer before a contact."""

import pytest

from interactions.changes import Area, record_change
from tests.events import START, event, store
from tests.promises.api.clients import DAY, all_pages, assert_problem, client, reader, store_company
from tests.promises.asking import count

pytestmark = pytest.mark.django_db
CHANGES = "/api/v1/changes"


def test_changes_are_for_admins_in_pages_and_filtered() -> None:
    assert reader().get(CHANGES).status_code == 403
    admin = client("admin")
    for number in range(5):
        before, after = {"name": f"n{number}"}, {"name": f"m{number}"}
        record_change(Area.TEAM, f"team-{number}", "renamed", by="ada", before=before, after=after)
    rows = all_pages(admin, CHANGES, area="team", limit="2")
    assert [row["subject"] for row in rows] == [f"team-{n}" for n in reversed(range(5))]
    assert (rows[0]["by"], rows[0]["before"], rows[0]["after"]) == (
        "ada", {"name": "n4"}, {"name": "m4"},
    )  # fmt: skip
    assert len(all_pages(admin, CHANGES, subject="M-3", by="ada")) == 1
    # The keys of this test were made by nobody.
    assert [row["by"] for row in all_pages(admin, CHANGES, area="key")] == ["", ""]
    assert all_pages(admin, CHANGES, before="2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"area": "moon"}, "#/area"),
        ({"after": "yesterday"}, "#/after"),
        ({"cursor": "x"}, "#/cursor"),
        ({"limit": "0"}, "#/limit"),
        ({"colour": "red"}, "#/colour"),
        ({"by": "\0"}, "#/by"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(query: dict[str, str], pointer: str) -> None:
    assert_problem(client("admin").get(CHANGES, query), 400, pointer)


def test_a_customer_comes_with_what_to_know_before_a_contact() -> None:
    store_company()
    store(
        event("customer.described", "c-1", START, {"preferred_name": "Ada", "channel": "phone"}),
        event("apology.given", "c-1", START + 9 * DAY, {"promise": "late", "words": "Sorry"}),
        event("expectation.stated", "c-1", START, {"text": "By noon", "promise": "kept"}),
        event("promise.fulfilled", "moved", START + 3 * DAY, {"fraction": 0.5}),
    )
    count()
    found = reader().get("/api/v1/customers/c-1").json()
    assert found["preferred_name"] == "Ada"
    assert found["reached_by"]["channel"] == "phone"
    assert 0.5 < found["trust"]["value"] < 0.71
    assert (found["trust"]["kept"], found["trust"]["broken"]) == (1, 1)
    assert found["trust"]["recovered"] == 1
    assert found["last_break"]["statement"] == "late arrives in time"
    assert found["last_break"]["said"][0]["words"] == "Sorry"
    assert found["expectations"][0]["text"] == "By noon"
    assert found["expectations"][0]["apart_seconds"] is None
    none = reader().get("/api/v1/customers/c%2F3").json()
    assert (none["last_break"]["statement"], none["expectations"]) == ("moved arrives in time", [])
    assert (none["rests_owed"], found["rests_owed"]) == (1, 0)
    then = (START + 9 * DAY).isoformat()
    assert reader().get("/api/v1/customers/c-1", {"as_of": then}).json()["rests_owed"] is None
