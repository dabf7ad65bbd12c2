"""Addresses of the house itself, and what every answer carries."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", password="a good long pass phrase")


@pytest.mark.django_db
def test_the_policy_allows_nothing_inline(client: Client) -> None:
    policy = client.get(reverse("login"))["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["img-src"] == "'self' data:"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["base-uri"] == directives["form-action"] == "'self'"
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_other_headers_are_closed_too(client: Client) -> None:
    headers = client.get(reverse("login")).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_signing_in_leads_to_the_overview(client: Client, alice: User) -> None:
    form = {"username": "alice", "password": "a good long pass phrase"}
    answer = client.post(reverse("login"), form)
    assert (answer.status_code, answer["Location"]) == (302, reverse("start"))


@pytest.mark.django_db
def test_signing_in_leads_nowhere_else(client: Client, alice: User) -> None:
    form = {
        "username": "alice",
        "password": "a good long pass phrase",
        "next": "https://evil.example/",
    }
    assert client.post(reverse("login"), form)["Location"] == reverse("start")


@pytest.mark.django_db
def test_signing_out_ends_the_session(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_signing_out_needs_a_post(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(reverse("logout")).status_code == 405


@pytest.mark.django_db
def test_a_foreign_page_cannot_sign_anybody_in(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    form = {"username": "alice", "password": "a good long pass phrase"}
    assert strict.post(reverse("login"), form).status_code == 403
