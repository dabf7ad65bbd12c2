"""The pages of webhooks: admins work on them, nobody else sees them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from interactions.models import Membership, Team
from promises.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from promises.services.webhooks.endpoints import make_endpoint, send_test

pytestmark = pytest.mark.django_db
WEBHOOKS = "/settings/webhooks/"
SECRET = re.compile(r"whsec_[\w+/=]{44}")
FORM = {
    "url": "https://93.184.215.14/hooks",
    "description": "our chat",
    "event_types": ["promise.failed", "promise.overdue"],
}


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"some {role}")
    if role == Membership.Role.AGENT:
        team = Team.objects.create(reference="t", name="t")
        Membership.objects.create(user=user, role=role, team=team)
    elif role:
        Membership.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in("admin")


@pytest.fixture
def row() -> WebhookEndpoint:
    return make_endpoint(url=FORM["url"], description="", event_types=WebhookEvent.values)[0]


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_secret_is_shown_once(admin: Client) -> None:
    shown = admin.post(WEBHOOKS, FORM)
    (secret,) = set(SECRET.findall(words(shown)))
    row = WebhookEndpoint.objects.get()
    assert shown["Cache-Control"] == "no-store"
    assert (row.event_types, str(row.created_by)) == (FORM["event_types"], "some admin")
    for address in (WEBHOOKS, f"{WEBHOOKS}{row.pk}"):
        said = words(admin.get(address))
        assert secret not in said
        assert "our chat" in said
    rotated = words(admin.post(f"{WEBHOOKS}{row.pk}/rotation"))
    assert set(SECRET.findall(rotated)) != {secret}
    assert "signed with the secret before it" in rotated
    assert "two secrets sign until" in words(admin.get(f"{WEBHOOKS}{row.pk}"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", ""),
        ("url", "http://127.0.0.1/"),
        ("url", "http://0x7f.1/"),
        ("url", "gopher://example.com"),
        ("url", "x" * 9_000),
        ("url", "https://example.com/\x00"),
        ("event_types", []),
        ("event_types", ["promise.broken"]),
        ("description", "x" * 501),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    admin: Client, row: WebhookEndpoint, field: str, value: Any
) -> None:
    for address in (WEBHOOKS, f"{WEBHOOKS}{row.pk}"):
        answer = admin.post(address, FORM | {field: value})
        assert answer.status_code == 422
        assert f'id="id_{field}-error"' in words(answer)
    assert WebhookEndpoint.objects.get().event_types == WebhookEvent.values


def test_what_is_wrong_is_a_whole_sentence(admin: Client) -> None:
    said = words(admin.post(WEBHOOKS, FORM | {"url": "http://127.0.0.1/"}))
    assert ">It leads to an address that is not public: 127.0.0.1.<" in said


def test_it_is_changed_switched_and_deleted(admin: Client, row: WebhookEndpoint) -> None:
    address = f"{WEBHOOKS}{row.pk}"
    assert admin.post(address, FORM)["Location"] == address
    assert "our chat" in words(admin.get(address))
    said = words(admin.post(f"{address}/switch", {"on": "0"}, follow=True))
    assert "switched off by hand" in said
    assert "Send a test event" not in said
    refused = words(admin.post(f"{address}/test", follow=True))
    assert "This endpoint is off; switch it on first." in refused
    assert "It is on." in words(admin.post(f"{address}/switch", {"on": "1"}, follow=True))
    assert "This cannot be undone" in words(admin.get(f"{address}/deletion"))
    assert "The webhook is deleted." in words(admin.post(f"{address}/deletion", follow=True))
    assert not WebhookEndpoint.objects.exists()


def test_a_delivery_is_shown_with_its_answers_and_replayed(
    admin: Client, row: WebhookEndpoint
) -> None:
    address = f"{WEBHOOKS}{row.pk}"
    shown = admin.post(f"{address}/test", follow=True)
    delivery = WebhookDelivery.objects.get()
    assert shown.redirect_chain[0][0] == f"{address}/deliveries/{delivery.pk}"
    assert "webhook.test" in words(shown)
    WebhookAttempt.objects.create(
        delivery=delivery, at=timezone.now(), took_ms=1_234, status=500, answer="<b>broken</b>"
    )
    WebhookDelivery.objects.update(state="failed", attempts=10, status=500, next_at=None)
    said = words(admin.get(f"{address}/deliveries/{delivery.pk}"))
    assert "status 500" in said
    assert "&lt;b&gt;broken&lt;/b&gt;" in said
    assert "after 1,234 ms" in said
    assert "given up" in words(admin.get(f"{address}?state=failed"))
    replay = f"{address}/deliveries/{delivery.pk}/replay"
    assert "sent again, under the same id" in words(admin.post(replay, follow=True))
    assert "under way already" in words(admin.post(replay, follow=True))
    WebhookDelivery.objects.update(state="failed")
    since = timezone.localtime() - timedelta(hours=1)
    form = {"since": since.strftime("%Y-%m-%dT%H:%M")}
    said = words(admin.post(f"{address}/replay", form, follow=True))
    assert "1 delivery is sent again." in said
    answer = admin.post(f"{address}/replay", {"since": "soon"})
    assert answer.status_code == 422
    assert 'id="id_since-error"' in words(answer)


def test_many_deliveries_have_pages(admin: Client, row: WebhookEndpoint) -> None:
    for _ in range(51):
        send_test(row, now=timezone.now())
    first = words(admin.get(f"{WEBHOOKS}{row.pk}"))
    (following,) = re.findall(r'href="(\?before=\d+)#deliveries"', first)
    second = words(admin.get(f"{WEBHOOKS}{row.pk}{following}"))
    assert len(set(re.findall(r"/deliveries/(\d+)", first + second))) == 51
    assert "Show the first" in second
    for query in ("?before=x", "?before=" + "9" * 40, "?state=gone"):
        assert admin.get(f"{WEBHOOKS}{row.pk}{query}").status_code == 200


@pytest.mark.parametrize("role", ["manager", "agent", ""])
def test_nobody_else_sees_them(row: WebhookEndpoint, role: str) -> None:
    delivery = send_test(row, now=timezone.now())
    other = signed_in(role)
    pages = ["", f"{row.pk}", f"{row.pk}/deletion", f"{row.pk}/deliveries/{delivery.pk}"]
    buttons = ["rotation", "switch", "test", "replay", "deletion"]
    assert {other.get(WEBHOOKS + page).status_code for page in pages} == {403}
    posted = {other.post(f"{WEBHOOKS}{row.pk}/{name}").status_code for name in buttons}
    assert posted == {403}
    row.refresh_from_db()
    assert row.enabled


def test_nobody_signed_out_sees_them(client: Client, row: WebhookEndpoint) -> None:
    assert client.get(WEBHOOKS)["Location"].startswith("/accounts/login/")
    assert client.post(f"{WEBHOOKS}{row.pk}/rotation")["Location"].startswith("/accounts/login/")


def test_a_button_needs_the_token_of_its_page(row: WebhookEndpoint) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_superuser("root"))
    assert strict.post(f"{WEBHOOKS}{row.pk}/rotation").status_code == 403


def test_numbers_that_nothing_has_are_not_found(admin: Client, row: WebhookEndpoint) -> None:
    other = make_endpoint(url=FORM["url"], description="", event_types=WebhookEvent.values)[0]
    delivery = send_test(other, now=timezone.now())
    missing = (f"{row.pk + 99}", "9" * 30, f"{row.pk}/deliveries/{delivery.pk}")
    assert {admin.get(WEBHOOKS + page).status_code for page in missing} == {404}
