"""Signing in: guesses wait, longer each time; who knows the password is let in."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interactions.changes import By
from interactions.models import FailedSignIns
from interactions.sign_in import (
    FREE_BY_ADDRESS,
    FREE_BY_NAME,
    LONGEST_WAIT,
    address_of,
    begin_attempt,
    forget_failures,
    succeeded,
)
from promises.services.settings.people import password_link
from tests.promises.views.test_pages import words

pytestmark = pytest.mark.django_db

DOOR = "/accounts/login/"
RIGHT = "correct horse 42"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password=RIGHT)


def sign_in(name: str, password: str, **more: str) -> Any:
    return Client(**more).post(DOOR, {"username": name, "password": password})  # type: ignore[arg-type]


def test_from_the_fifth_failure_on_everybody_waits(ada: User) -> None:
    for _ in range(FREE_BY_NAME):
        answer = sign_in("ada", "wrong")
        assert answer.status_code == 200
        assert "Please enter a correct username and password" in answer.content.decode()
    for password in ("wrong", RIGHT):
        answer = sign_in("ada", password)
        assert answer.status_code == 429
        assert 30 <= int(answer["Retry-After"]) <= 32
        assert "That was tried too often. Wait 3" in words(answer.content.decode())
    now = timezone.now()
    with time_machine.travel(now + timedelta(seconds=33)):
        assert sign_in("ada", RIGHT).status_code == 302
        assert sign_in("ada", "wrong").status_code == 200


def test_nobody_learns_who_has_an_account(ada: User) -> None:
    answers = {
        name: [sign_in(name, "wrong") for _ in range(FREE_BY_NAME + 1)] for name in ("ada", "bea")
    }
    for one, other in zip(*answers.values(), strict=True):
        assert one.status_code == other.status_code
        assert one.content.decode().count("tried too often") == other.content.decode().count(
            "tried too often"
        )


def test_waits_grow_and_end(ada: User) -> None:
    waits, now = [], timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        for _ in range(12):
            wait = begin_attempt("ada", "")
            if wait:
                waits.append(wait)
                clock.shift(wait)
                assert begin_attempt("ada", "") == 0
        assert waits == [32, 64, 128, 256, 512, LONGEST_WAIT, LONGEST_WAIT]
        assert begin_attempt("ADA\u200a", "") == 0
        assert begin_attempt("ＡＤＡ", "") == LONGEST_WAIT
        clock.shift(3_601)
        assert begin_attempt("ada", "") == 0
        assert FailedSignIns.objects.get().failures == 1


def test_a_success_takes_back_what_stood_against_the_name_only(ada: User) -> None:
    for _ in range(3):
        sign_in("ada", "wrong")
    assert sign_in("ada", RIGHT).status_code == 302
    assert [row.failures for row in FailedSignIns.objects.all()] == [3]


def test_an_address_is_slower_to_wait_and_own_accounts_are_no_way_around(ada: User) -> None:
    for number in range(FREE_BY_ADDRESS):
        assert begin_attempt(f"name-{number}", "93.184.216.7") == 0
        if begin_attempt("own", "93.184.216.7") == 0:
            succeeded("own", "93.184.216.7")
    assert begin_attempt("another", "93.184.216.7") > 0
    assert begin_attempt("another", "93.184.216.8") == 0


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_no_way_around() -> None:
    def attempt(_number: int) -> int:
        try:
            return begin_attempt("ada", "93.184.216.7")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        waits = list(pool.map(attempt, range(18)))
    assert waits.count(0) == FREE_BY_NAME


@pytest.mark.parametrize(
    ("direct", "told", "address"),
    [
        ("93.184.216.7", "", "93.184.216.7"),
        # A claim of somebody who is no proxy.
        ("93.184.216.7", "198.51.100.1", "93.184.216.7"),
        ("172.18.0.4", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.1, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("", "", ""),
        ("2a00:1450:4001:82a::200e", "", "2a00:1450:4001:82a::/64"),
        ("::ffff:93.184.216.7", "", "93.184.216.7"),
    ],
)
def test_whose_address_it_is(direct: str, told: str, address: str) -> None:
    assert address_of({"REMOTE_ADDR": direct, "HTTP_X_FORWARDED_FOR": told}) == address


def change(client: Client, old: str, new: str = "another horse 43", **more: str) -> Any:
    passwords = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("account-password"), passwords, **more)  # type: ignore[arg-type]


def test_whoever_is_signed_in_cannot_guess_the_password_without_end(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    for _ in range(FREE_BY_NAME):
        answer = change(client, "wrong")
        assert answer.status_code == 422
        assert "Your old password was entered incorrectly" in answer.content.decode()
    answer = change(client, RIGHT)
    assert answer.status_code == 429
    assert 30 <= int(answer["Retry-After"]) <= 32
    beside = re.search(
        r'id="id_old_password-error" role="alert">(.*?)</div>', answer.content.decode()
    )
    assert beside
    assert "That was tried too often. Wait 3" in words(beside[1])
    assert sign_in("ada", RIGHT).status_code == 429
    ada.refresh_from_db()
    assert ada.check_password(RIGHT)
    with time_machine.travel(timezone.now() + timedelta(seconds=33)):
        assert change(client, RIGHT).status_code == 302
    assert [row.failures for row in FailedSignIns.objects.all()] == [FREE_BY_NAME]


def test_guesses_at_many_accounts_from_one_address_wait(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    for number in range(FREE_BY_ADDRESS):
        begin_attempt(f"name-{number}", "93.184.216.7")
    assert change(client, RIGHT, REMOTE_ADDR="93.184.216.7").status_code == 429
    assert change(client, RIGHT, REMOTE_ADDR="93.184.216.8").status_code == 302


def test_a_weak_new_password_is_no_guess_at_the_old_one(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    for _ in range(FREE_BY_NAME + 2):
        assert change(client, RIGHT, "123").status_code == 422
    for _ in range(FREE_BY_NAME + 2):
        assert change(client, "").status_code == 422
    assert change(client, RIGHT).status_code == 302


def test_a_link_for_a_lost_password_opens_at_once(ada: User) -> None:
    for _ in range(FREE_BY_NAME + 1):
        sign_in("ada", "wrong")
    client = Client()
    parts = password_link(ada, by=By())
    form = client.get(reverse("password-set", args=parts), follow=True)
    new = {"new_password1": "another horse 43", "new_password2": "another horse 43"}
    client.post(form.request["PATH_INFO"], new)
    assert sign_in("ada", "another horse 43").status_code == 302


def test_what_is_forgotten_is_deleted() -> None:
    begin_attempt("ada", "93.184.216.7")
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        begin_attempt("bea", "")
    assert FailedSignIns.objects.count() == 1
    forget_failures("BEA")
    assert not FailedSignIns.objects.exists()


def test_the_administration_has_no_door_of_its_own(ada: User) -> None:
    client = Client()
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1] == (f"{DOOR}?next=/admin/", 302)
    assert client.post("/admin/login/", {"username": "ada", "password": RIGHT}).status_code == 405
    assert client.get("/admin/login/?next=//evil.example")["Location"] == f"{DOOR}?next=/admin/"
    client.force_login(ada)
    assert client.get("/admin/", follow=True).status_code == 403
    User.objects.update(is_staff=True, is_superuser=True)
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/admin/"


def test_the_administration_changes_no_password(ada: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(ada)
    page = client.get("/admin/").content.decode()
    assert "password_change" not in page
    assert reverse("account") in page
    new = {"old_password": RIGHT, "new_password1": "x y z 123", "new_password2": "x y z 123"}
    for path in ("/admin/password_change/", "/admin/password_change/done/"):
        assert client.get(path).status_code == client.post(path, new).status_code == 404
    ada.refresh_from_db()
    assert ada.check_password(RIGHT)
