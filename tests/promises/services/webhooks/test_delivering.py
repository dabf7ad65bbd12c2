"""Delivering: signed as the specification says, tried again when due, nobody delayed by another."""

import json
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from promises.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from promises.services.webhooks import claiming, delivering, sending
from promises.services.webhooks.claiming import claim_due, settle
from promises.services.webhooks.delivering import Courier, deliver_due
from promises.services.webhooks.endpoints import (
    change_endpoint,
    purge,
    replay,
    replay_failed,
    rotate_secret,
    send_test,
)
from promises.services.webhooks.sending import Answer
from tests.promises.services.webhooks.conftest import Make
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_library_verifies_what_arrives(make: Make) -> None:
    told, row, secret = make()
    send_test(row, now=timezone.now())
    assert deliver_due() == 1
    (one,) = told.received
    found = Webhook(secret).verify(one.body, one.headers)
    assert (found["type"], found["data"]["webhook"]) == ("webhook.test", str(row.pk))
    assert one.headers["content-type"] == "application/json"
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 1)
    assert WebhookAttempt.objects.get().answer == "thanks"


def test_both_secrets_sign_for_a_day_and_then_the_new_one(make: Make) -> None:
    told, row, old = make()
    new = rotate_secret(row.pk, now=timezone.now())
    send_test(row, now=timezone.now())
    deliver_due()
    WebhookEndpoint.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    send_test(row, now=timezone.now())
    deliver_due()
    first, second = told.received
    for secret in (old, new):
        Webhook(secret).verify(first.body, first.headers)
    Webhook(new).verify(second.body, second.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(second.body, second.headers)


def test_what_is_stored_holds_no_secret(make: Make) -> None:
    _, row, secret = make()
    stored = json.dumps(list(WebhookEndpoint.objects.values()), default=str)
    assert secret.removeprefix("whsec_") not in stored
    assert secret.removeprefix("whsec_")[:12] not in stored
    assert row.secret in stored


def test_another_signing_key_is_noticed(make: Make, settings: Any) -> None:
    told, row, _ = make()
    settings.SECRET_KEY = "another-key-" + "y" * 40
    send_test(row, now=timezone.now())
    deliver_due()
    assert told.received == []
    assert WebhookDelivery.objects.get().reason == delivering.KEY_CHANGED


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_only_2xx_is_success_and_it_is_tried_again(make: Make, status: int) -> None:
    elsewhere, _, _ = make()
    told, row, _ = make(status=status, headers={"Location": elsewhere.url})
    send_test(row, now=timezone.now())
    deliver_due()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts) == ("pending", status, 1)
    assert delivery.next_at is not None
    wait = (delivery.next_at - WebhookAttempt.objects.get().at).total_seconds()
    assert 4.4 < wait < 20
    assert elsewhere.received == []
    WebhookDelivery.objects.update(next_at=timezone.now())
    told.status = 204
    deliver_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 2)
    assert len(set(told.ids())) == 1
    row.refresh_from_db()
    assert row.failing_since is None


def test_gone_switches_the_endpoint_off(make: Make) -> None:
    _, row, _ = make(status=410)
    send_test(row, now=timezone.now())
    deliver_due()
    row.refresh_from_db()
    assert not row.enabled
    assert "410" in row.disabled_reason
    assert WebhookDelivery.objects.get().state == "failed"


def test_days_of_failures_switch_it_off(make: Make) -> None:
    _, row, _ = make(status=500)
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, seconds=1))
    send_test(row, now=timezone.now())
    deliver_due()
    row.refresh_from_db()
    assert (row.enabled, row.disabled_reason) == (False, "every delivery has failed for 5 days")
    change_endpoint(row.pk, enabled=True, now=timezone.now())
    row.refresh_from_db()
    assert (row.enabled, row.failing_since, row.disabled_reason) == (True, None, "")


@pytest.mark.parametrize("status", [429, 502, 504])
def test_a_busy_receiver_is_left_alone(make: Make, status: int) -> None:
    told, row, _ = make(status=status, headers={"Retry-After": "600"})
    send_test(row, now=timezone.now())
    deliver_due()
    send_test(row, now=timezone.now())
    assert deliver_due() == 0
    assert len(told.received) == 1
    row.refresh_from_db()
    assert row.throttled_until is not None
    assert row.throttled_until - timezone.now() > timedelta(seconds=500)


def test_an_answer_is_read_and_kept_in_part(make: Make) -> None:
    _, row, _ = make(answer=b"\0\xff" + b"x" * 50_000_000)
    send_test(row, now=timezone.now())
    deliver_due()
    kept = WebhookAttempt.objects.get().answer
    assert len(kept) == sending.MOST_KEPT
    assert kept.startswith("\ufffd\ufffdx")


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_one_that_never_ends_is_cut(make: Make, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.5)
    _, row, _ = make(**{how: True})
    send_test(row, now=timezone.now())
    began = time.monotonic()
    deliver_due()
    assert time.monotonic() - began < 60
    # The status arrived where it drips; only where it hangs there was none.
    assert WebhookAttempt.objects.get().status == (None if how == "hangs" else 200)


def test_a_slow_receiver_delays_no_other(make: Make) -> None:
    slow, slow_row, _ = make(hangs=True)
    quick, quick_row, _ = make()
    for _ in range(40):
        send_test(slow_row, now=timezone.now())
    courier = Courier()
    courier.look()
    until = time.monotonic() + 60
    while len(slow.received) < claiming.AT_ONCE:
        assert time.monotonic() < until
        time.sleep(0.01)
    send_test(quick_row, now=timezone.now())
    asked = time.monotonic()
    courier.look()
    while not quick.received:
        assert time.monotonic() < asked + 60
        time.sleep(0.01)
    assert len(slow.received) == claiming.AT_ONCE
    WebhookDelivery.objects.filter(state="pending", claimed_until=None).update(next_at=None)
    slow.go_on.set()
    thread = courier._thread
    if thread is not None:
        thread.join(20)


def test_several_workers_share_the_hands_of_an_endpoint(make: Make) -> None:
    _, row, _ = make()
    now = timezone.now()
    for _ in range(20):
        send_test(row, now=now)
    taken = together(*[lambda: claim_due(32, now=now)] * 4)
    numbers = [claim.delivery.pk for claims in taken for claim in claims]
    assert len(numbers) == len(set(numbers)) == claiming.AT_ONCE


def test_a_failing_endpoint_gets_one_hand(make: Make) -> None:
    _, row, _ = make()
    WebhookEndpoint.objects.update(failing_since=timezone.now())
    for _ in range(3):
        send_test(row, now=timezone.now())
    assert len(claim_due(32, now=timezone.now())) == 1


def test_what_a_dead_worker_held_is_taken_up(make: Make) -> None:
    told, row, _ = make()
    send_test(row, now=timezone.now())
    (lost,) = claim_due(32, now=timezone.now())
    assert claim_due(32, now=timezone.now()) == []
    (again,) = claim_due(32, now=timezone.now() + claiming.CLAIM)
    # The dead one comes back late: its word counts no more.
    settle(lost, Answer(500, "", "", "", 1), now=timezone.now())
    assert WebhookDelivery.objects.get().attempts == 0
    settle(again, Answer(200, "", "", "", 1), now=timezone.now())
    assert WebhookDelivery.objects.get().state == "delivered"
    assert told.received == []


def test_ten_attempts_and_then_it_is_given_up_and_replayed(make: Make) -> None:
    told, row, _ = make(status=500)
    send_test(row, now=timezone.now())
    WebhookDelivery.objects.update(attempts=9)
    deliver_due()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.next_at) == ("failed", 10, None)
    told.status = 200
    assert replay_failed(row, timezone.now(), now=timezone.now()) == 0
    hour_ago = timezone.now() - timedelta(hours=1)
    assert replay_failed(row, hour_ago, now=timezone.now()) == 1
    deliver_due()
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert replay(delivery, now=timezone.now())
    assert not replay(delivery, now=timezone.now())
    deliver_due()
    assert len(told.received) == 3
    assert len(set(told.ids())) == 1
    assert delivery.tries.count() == 3


def test_an_endpoint_that_is_off_keeps_what_it_has(make: Make) -> None:
    told, row, _ = make()
    send_test(row, now=timezone.now())
    change_endpoint(row.pk, enabled=False, now=timezone.now())
    assert deliver_due() == 0
    change_endpoint(row.pk, enabled=True, now=timezone.now())
    assert deliver_due() == 1
    assert len(told.received) == 1


def test_a_receiver_that_is_away_is_a_failure_like_others(make: Make) -> None:
    _, row, _ = make()
    WebhookEndpoint.objects.update(url="http://127.0.0.1:9/hooks")
    send_test(row, now=timezone.now())
    deliver_due()
    assert "refused" in WebhookDelivery.objects.get().reason


def test_old_deliveries_and_orphans_are_swept(make: Make) -> None:
    _, row, _ = make()
    old, kept = (send_test(row, now=timezone.now()) for _ in range(2))
    orphan = send_test(row, now=timezone.now())
    deliver_due()
    WebhookDelivery.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(days=30, seconds=1)
    )
    WebhookDelivery.objects.filter(pk=orphan.pk).update(endpoint_id=row.pk + 1)
    assert purge(now=timezone.now()) == 2
    assert WebhookDelivery.objects.get().pk == kept.pk
    assert WebhookAttempt.objects.get().delivery_id == kept.pk


def test_many_threads_are_not_left_behind(make: Make) -> None:
    _, row, _ = make()
    before = threading.active_count()
    for _ in range(30):
        send_test(row, now=timezone.now())
    assert deliver_due() == 30
    until = time.monotonic() + 60
    while threading.active_count() > before + 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert threading.active_count() <= before + 2
