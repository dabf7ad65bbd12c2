"""Sessions go when they have expired, and not before."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from promises.tasks import clear_expired_sessions

pytestmark = pytest.mark.django_db


def test_expired_sessions_are_deleted_and_others_stay() -> None:
    ada = User.objects.create_user("ada")
    for _ in range(3):
        Client().force_login(ada)
    old = Session.objects.first()
    assert old is not None
    Session.objects.filter(pk=old.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert clear_expired_sessions() == 1
    assert Session.objects.count() == 2
    assert not Session.objects.filter(pk=old.pk).exists()
    assert clear_expired_sessions() == 0
