"""Webhooks over the API: made, changed, rotated, tested, listed and replayed by keys of admins."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from interactions.models import Source
from promises.models import WebhookDelivery, WebhookEndpoint
from promises.services.webhooks.endpoints import MOST_ENDPOINTS
from tests.promises.api.clients import all_pages, assert_problem, client

pytestmark = pytest.mark.django_db
WEBHOOKS = "/api/v1/webhooks"
BODY = {"url": "https://93.184.215.14/hooks", "event_types": ["promise.kept", "promise.made"]}


def post(who: Any, address: str, body: Any = None) -> Any:
    return who.post(address, {} if body is None else body, content_type="application/json")


def make(who: Any) -> str:
    return str(post(who, WEBHOOKS, BODY).json()["webhook"]["id"])


def test_from_making_to_deleting() -> None:
    admin = client("admin")
    made = post(admin, WEBHOOKS, BODY)
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    told, secret = made.json()["webhook"], made.json()["secret"]
    assert Webhook(secret)
    assert made["Location"] == f"{WEBHOOKS}/{told['id']}"
    assert (told["state"], told["event_types"]) == ("on", ["promise.made", "promise.kept"])
    address = f"{WEBHOOKS}/{told['id']}"
    assert admin.get(address).json() == told
    assert admin.get(WEBHOOKS).json() == {"results": [told]}
    assert secret not in admin.get(WEBHOOKS).content.decode()

    changes = {"enabled": False, "description": " a chat "}
    changed = admin.patch(address, changes, content_type="application/json").json()
    assert (changed["state"], changed["description"]) == ("off", "a chat")
    assert changed["disabled_reason"] == "switched off by hand"
    assert (changed["url"], changed["event_types"]) == (told["url"], told["event_types"])
    assert_problem(post(admin, f"{address}/test"), 400, "#")
    changed = admin.patch(address, {"enabled": True}, content_type="application/json").json()
    assert changed["state"] == "on"

    rotated = post(admin, f"{address}/rotation")
    assert rotated.status_code == 201
    assert rotated.json()["secret"] != secret
    assert rotated.json()["second_secret_until"]

    assert admin.delete(address).status_code == 204
    assert admin.get(address).status_code == 404
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"url": "http://127.0.0.1/"}, "#/url"),
        ({"url": "file:///etc/passwd"}, "#/url"),
        ({"url": "https://user:pw@example.com/"}, "#/url"),
        ({"url": ""}, "#/url"),
        ({"url": 7}, "#/url"),
        ({"event_types": []}, "#/event_types"),
        ({"event_types": ["promise.broken"]}, "#/event_types"),
        ({"event_types": "promise.made"}, "#/event_types"),
        ({"description": "x" * 501}, "#/description"),
        ({"description": "\0"}, "#/description"),
        ({"secret": "whsec_mine"}, "#/secret"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(changes: Any, pointer: str) -> None:
    admin = client("admin")
    answer = post(admin, WEBHOOKS, BODY | changes)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] in ([pointer], ["#"])
    id = make(admin)
    answer = admin.patch(f"{WEBHOOKS}/{id}", changes, content_type="application/json")
    assert answer.status_code == 400
    assert WebhookEndpoint.objects.get().url == BODY["url"]


def test_there_may_be_so_many() -> None:
    admin = client("admin")
    id = make(admin)
    row = WebhookEndpoint.objects.get(pk=id)
    for _ in range(MOST_ENDPOINTS - 1):
        row.pk = None
        row.save()
    assert_problem(post(admin, WEBHOOKS, BODY), 400, "#")


def test_only_admins_may() -> None:
    id = make(client("admin"))
    for who in (client("read"), client("events:write", source="/shop")):
        for address in (WEBHOOKS, f"{WEBHOOKS}/{id}", f"{WEBHOOKS}/{id}/deliveries"):
            assert_problem(who.get(address), 403)
        assert_problem(post(who, WEBHOOKS, BODY), 403)
        assert_problem(post(who, f"{WEBHOOKS}/{id}/rotation"), 403)
    assert Source.objects.filter(name="/shop").exists()


def test_deliveries_are_listed_read_and_replayed() -> None:
    admin = client("admin")
    address = f"{WEBHOOKS}/{make(admin)}"
    for _ in range(5):
        assert post(admin, f"{address}/test").status_code == 202
    rows = all_pages(admin, f"{address}/deliveries", limit="2")
    assert len(rows) == 5
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), key=int)[::-1]
    one = admin.get(f"{address}/deliveries/{rows[0]['id']}").json()
    assert one["delivery"] == rows[0]
    assert one["tries"] == []
    assert one["body"].startswith('{"type":"webhook.test"')
    replay = f"{address}/deliveries/{rows[0]['id']}/replay"
    assert post(admin, replay).json() == {"replayed": 0}
    WebhookDelivery.objects.update(state="failed", next_at=None)
    assert len(all_pages(admin, f"{address}/deliveries", state="failed")) == 5
    assert post(admin, replay).json() == {"replayed": 1}
    since = (timezone.now() - timedelta(minutes=5)).isoformat()
    assert post(admin, f"{address}/replay", {"since": since}).json() == {"replayed": 4}
    assert_problem(post(admin, f"{address}/replay", {"since": "yesterday"}), 400, "#/since")
    assert all_pages(admin, f"{address}/deliveries", state="failed") == []


@pytest.mark.parametrize("id", ["0", "99", "9" * 30, "x", "-1", "٣"])
def test_numbers_that_nothing_has_are_not_found(id: str) -> None:
    admin = client("admin")
    mine = make(admin)
    for address in (f"{id}", f"{id}/deliveries", f"{mine}/deliveries/{id}"):
        assert_problem(admin.get(f"{WEBHOOKS}/{address}"), 404)
    for address in (f"{id}/rotation", f"{id}/test", f"{mine}/deliveries/{id}/replay"):
        assert_problem(post(admin, f"{WEBHOOKS}/{address}"), 404)


def test_a_delivery_is_found_under_its_own_webhook_only() -> None:
    admin = client("admin")
    mine, other = make(admin), make(admin)
    delivery = post(admin, f"{WEBHOOKS}/{mine}/test").json()["id"]
    assert_problem(admin.get(f"{WEBHOOKS}/{other}/deliveries/{delivery}"), 404)
    assert_problem(post(admin, f"{WEBHOOKS}/{other}/deliveries/{delivery}/replay"), 404)


@pytest.mark.parametrize("query", ["state=gone", "limit=0", "cursor=x", "page=2"])
def test_bad_questions_are_refused(query: str) -> None:
    admin = client("admin")
    id = make(admin)
    assert_problem(admin.get(f"{WEBHOOKS}/{id}/deliveries?{query}"), 400)
