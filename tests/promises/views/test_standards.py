"""The pages of standards: written, tried, ordered, switched, and what they made."""

from typing import Any

import pytest
from django.test import Client

from promises.models import Promise
from promises.selectors.standards import standard_order, standard_read
from promises.services.counting import count_pending
from tests.events import NOW, START, store
from tests.promises.views.test_calendars import signed_in, words
from tests.standards import HOUR, answered, condition, received, standard

pytestmark = pytest.mark.django_db
STANDARDS, NEW = "/settings/standards/", "/settings/new-standard/"
ANSWER = f"{STANDARDS}first-answer"


@pytest.fixture
def admin() -> Client:
    return signed_in("admin")


def form(**more: Any) -> dict[str, Any]:
    usual = {
        "name": "First answer",
        "cycle": "reply",
        "event_type": "contact.received",
        "turn": "every",
        "kind": "response",
        "statement": "We answer {customer} by {due}",
        "amount": "4",
        "unit": "minutes",
        "stake": "1.0",
        "explicit": "1",
        "confidence": "0.5",
        "action": "save",
    }
    return usual | more


def test_a_standard_is_written_tried_made_and_edited(admin: Client) -> None:
    assert "There is none yet." in words(admin.get(STANDARDS))
    assert admin.get(NEW).status_code == 200
    tried = words(admin.post(NEW, form(action="try")))
    assert "It would have made <strong>0 promises</strong>." in tried
    conditions = {"condition_1_field": "channel", "condition_1_value": "phone"}
    made = admin.post(NEW, form(tags="urgent, new", **conditions), follow=True)
    assert "The standard is there." in words(made)
    assert 'name="condition_0_field" value="channel"' in words(made)
    terms = standard_read("first-answer", now=NOW).terms
    assert (terms.tags, terms.conditions) == (
        ("urgent", "new"),
        (condition("channel", value="phone"),),
    )
    same = form(tags="urgent, new", base="1", **conditions)
    assert "Nothing was changed." in words(admin.post(ANSWER, same, follow=True))
    edited = admin.post(ANSWER, same | {"amount": "5", "reason": "slower"}, follow=True)
    assert "Version 2 holds from now on." in words(edited)
    assert "slower" in words(edited)
    stale = admin.post(ANSWER, same | {"amount": "6"}, follow=True)
    assert "Somebody else edited it meanwhile." in words(stale)


@pytest.mark.parametrize(
    ("more", "name", "said"),
    [
        ({"statement": "by {noon}"}, "statement", "have no field {noon}"),
        ({"statement": "by {due"}, "statement", "Names stand in braces"),
        ({"amount": "soon"}, "amount", "Enter a number"),
        ({"amount": ""}, "amount", "Say how much time there is"),
        ({"amount": "1e999"}, "amount", "number"),
        ({"unit": "business days"}, "calendar", "needs a calendar"),
        (
            {"cycle": "event", "event_type": "promise.made", "statement": "x"},
            "event_type",
            "without end",
        ),
        ({"event_type": "contact.lost"}, "event_type", "valid choice"),
        ({"condition_2_field": "colour"}, "condition_2_field", "have no field colour"),
        (
            {
                "condition_2_field": "attributes.n",
                "condition_2_operator": "at least",
                "condition_2_value": "many",
            },
            "condition_2_value",
            "Only numbers",
        ),
        ({"valid_from": "2026-03-02", "valid_until": "2026-03-01"}, "valid_until", "ends before"),
        ({"name": ""}, "name", "must not be empty"),
        ({"name": "日本"}, "name", "small letters"),
        ({"kind": "quality"}, "value", "needs value, comparator"),
        ({"confidence": "2"}, "confidence", "number"),
        ({"cycle": "period", "amount": "", "unit": ""}, "kind", "about quality"),
    ],
)
def test_what_makes_no_sense_is_answered_beside_its_field(
    admin: Client, more: dict[str, Any], name: str, said: str
) -> None:
    answer = admin.post(NEW, form(**more))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    # Of a measure, each part that is missing is named.
    assert list(errors) == ([name, "scale", "comparator"] if name == "value" else [name])
    assert said in " ".join(errors[name])
    assert words(answer).count("field-error") >= 1
    assert standard_order() == []


def test_standards_are_moved_and_switched(admin: Client) -> None:
    standard("first-answer")
    standard("second", name="Second")
    admin.post(f"{STANDARDS}second/move", {"to": "up"})
    assert standard_order() == ["second", "first-answer"]
    admin.post(f"{STANDARDS}second/move", {"to": "down"})
    assert standard_order() == ["first-answer", "second"]
    off = admin.post(f"{ANSWER}/switch", {"on": "0"}, follow=True)
    assert "It is off." in words(off)
    assert not standard_read("first-answer", now=NOW).terms.is_on
    assert "It is on." in words(admin.post(f"{ANSWER}/switch", {"on": "1"}, follow=True))


def test_what_it_made_is_shown_and_the_promise_names_it(admin: Client) -> None:
    standard("first-answer")
    store(received(START), answered(START + HOUR), received(START, "c-2"))
    count_pending()
    page = words(admin.get(ANSWER))
    assert "2 promises made" in page
    assert "50.0" in page
    assert "We answer c-2 by 2026-03-01 13:00" in page
    assert "50.0" in words(admin.get(STANDARDS))
    row = Promise.objects.get(customer__reference="c-1")
    promise = words(admin.get(f"/promises/{row.pk}"))
    assert "made by the standard first-answer, version 1" in promise


@pytest.mark.parametrize("role", ["agent", "manager"])
def test_only_admins_come_here(role: str) -> None:
    standard("first-answer")
    client = signed_in(role)
    for address in (STANDARDS, NEW, ANSWER):
        assert client.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    for action in ("switch", "move"):
        assert client.post(f"{ANSWER}/{action}").status_code == 403


def test_what_is_not_there_is_not_found(admin: Client) -> None:
    assert admin.get(ANSWER).status_code == 404
    for action in ("switch", "move"):
        assert admin.post(f"{ANSWER}/{action}").status_code == 404
        assert admin.get(f"{ANSWER}/{action}").status_code == 405


def test_all_that_is_wrong_with_a_standard_is_told_at_once(admin: Client) -> None:
    wrong = form(
        statement="We answer {nobody}",
        amount="0",
        confidence="7",
        condition_0_field="nothing",
        condition_2_field="words",
        condition_2_operator="at least",
        condition_2_value="x",
        tags="x" * 300,
        stake="9",
    )
    page = words(admin.post(NEW, wrong))
    told = (
        "statement",
        "amount",
        "stake",
        "confidence",
        "tags",
        "condition_0_field",
        "condition_2_value",
    )
    for name in told:
        assert f'id="id_{name}-error"' in page, name
    assert 'id="id_name-error"' not in page
