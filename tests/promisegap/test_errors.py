"""Errors that no view answers: problems under /api/, pages elsewhere."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver, include, path, reverse

from interactions.keys import make_key
from interactions.models import Membership, Team
from interactions.problem_kinds import KINDS

PROBLEM = "application/problem+json"
CODES = {kind.code for kind in KINDS}


def raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


ERRORS: dict[str, tuple[Exception, int, str]] = {
    "suspicious": (SuspiciousOperation("odd"), 400, "bad_request"),
    "bad": (BadRequest("odd"), 400, "bad_request"),
    "big": (RequestDataTooBig("big"), 413, "too_large"),
    "denied": (PermissionDenied("no"), 403, "permission_denied"),
    "mistake": (ZeroDivisionError("ours"), 500, "error"),
    "away": (OperationalError("gone"), 503, "database_away"),
    # What libpq says without a code when the server dies under a statement or a COMMIT.
    "cut": (DatabaseError("server closed the connection unexpectedly"), 503, "database_away"),
    "closed": (InterfaceError("closed"), 503, "database_away"),
}
handler400 = "promisegap.errors.bad_request"
handler403 = "promisegap.errors.permission_denied"
handler404 = "promisegap.errors.not_found"
handler500 = "promisegap.errors.server_error"
urlpatterns = [
    *(path(f"api/{name}", raising(error)) for name, (error, _, _) in ERRORS.items()),
    *(path(f"page/{name}", raising(error)) for name, (error, _, _) in ERRORS.items()),
    path("", include("promisegap.urls")),
]


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    body = answer.json()
    assert body["type"] == f"/api/docs#problem-{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert code in CODES


@pytest.mark.parametrize("name", ERRORS)
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_outside_the_views_is_a_problem_for_programs(name: str) -> None:
    _, status, code = ERRORS[name]
    answer = Client(raise_request_exception=False).get(f"/api/{name}")
    assert_problem(answer, status, code)
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize("name", ERRORS)
@override_settings(ROOT_URLCONF=__name__)
def test_people_get_a_page(name: str) -> None:
    _, status, _ = ERRORS[name]
    answer = Client(raise_request_exception=False).get(f"/page/{name}")
    assert answer.status_code == (400 if name == "big" else status)
    assert answer["Content-Type"].startswith("text/html")
    assert "<h1" in answer.content.decode()
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "manages"), [("admin", True), ("agent", False)])
@override_settings(ROOT_URLCONF=__name__)
def test_the_menus_stay_where_something_is_not_there_or_not_theirs(
    client: Client, role: str, manages: bool
) -> None:
    user = User.objects.create_user("ada")
    team = None if manages else Team.objects.create(reference="shop")
    Membership.objects.create(user=user, role=role, team=team)
    strict = Client(enforce_csrf_checks=True)
    for one in (client, strict):
        one.force_login(user)
    for answer in (
        client.get("/nothing"),
        client.get("/page/denied"),
        strict.post("/health/check"),
    ):
        page = answer.content.decode()
        assert answer.status_code in (403, 404)
        assert (reverse("settings") in page) == manages
        assert 'id="palette"' in page


@pytest.mark.django_db
def test_a_database_that_is_away_meanwhile_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_user: object) -> None:
        raise OperationalError("gone")

    client.force_login(User.objects.create_user("ada"))
    client.raise_request_exception = False
    monkeypatch.setattr("promisegap.errors.viewer_for", away)
    answer = client.get("/nothing")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_another_host_is_refused_in_the_readers_own_form() -> None:
    foreign = Client(raise_request_exception=False, headers={"Host": "evil.example"})
    assert_problem(foreign.get("/api/v1/scores"), 400, "bad_request")
    assert foreign.get("/accounts/login/")["Content-Type"].startswith("text/html")


def test_a_form_without_its_token_is_refused_in_the_readers_own_form() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/health/check")["Content-Type"].startswith("text/html")
    assert_problem(strict.post("/api/v2/nothing", {}), 404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("get", "/api/", {}, 404, "not_found"),
        ("post", "/api/v1/", {}, 404, "not_found"),
        ("get", "/api/v1/scores/", {}, 404, "not_found"),
        ("delete", "/api/v1/scores", {}, 405, "method_not_allowed"),
        ("put", "/api/v1/health/data", {}, 405, "method_not_allowed"),
        ("get", "/api/v1/scores", {"Accept": "text/html"}, 406, "not_acceptable"),
        ("get", "/api/v1/scores?format=json", {}, 400, "invalid_parameter"),
        ("get", "/api/v1/health/data?x=1", {}, 400, "invalid_parameter"),
        ("get", "/api/v1/scores", {"Authorization": "Bearer x"}, 401, "authentication_failed"),
        ("post", "/api/v1/health/replay", {"Content-Type": "text/plain"}, 415, None),
        ("post", "/api/v1/health/replay", {"Content-Encoding": "br"}, 415, None),
    ],
)
def test_what_a_client_can_do_wrong_is_a_problem(
    method: str, path: str, headers: dict[str, str], status: int, code: str | None
) -> None:
    _, key = make_key(name="admin", scopes=["admin", "read"])
    media = headers.pop("Content-Type", "application/json")
    client = Client(headers={"Authorization": f"Bearer {key}", **headers})
    call = getattr(client, method)
    answer = call(path) if method == "get" else call(path, b"{}", content_type=media)
    assert_problem(answer, status, code or "unsupported_media_type")
    if status == 405:
        assert answer["Allow"]


@pytest.mark.django_db
def test_the_allowed_methods_are_named() -> None:
    _, key = make_key(name="reader", scopes=["read"])
    answer = Client(headers={"Authorization": f"Bearer {key}"}).put("/api/v1/health/data")
    assert {word.strip() for word in answer["Allow"].split(",")} >= {"GET"}


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def addresses_of_the_api() -> list[str]:
    """Every address under /api/, with something in each of its places."""

    def walked(resolver: URLResolver, before: str) -> Iterator[str]:
        for one in resolver.url_patterns:
            at = before + str(one.pattern)
            yield from walked(one, at) if isinstance(one, URLResolver) else [at]

    found = [f"/{re.sub('<[^>]*>', '1', at)}" for at in walked(get_resolver(), "")]
    return [at for at in found if at.startswith("/api/")]


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_refused_for_a_forms_token_nor_with_a_page(method: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    addresses = addresses_of_the_api()
    assert {"/api/docs", "/api/schema", "/api/v1/scores"} < set(addresses)
    for address in addresses:
        answer = strict.generic(method, address)
        if answer.status_code == 200:
            assert (method in ("GET", "HEAD")) and address in ("/api/docs", "/api/schema")
            continue
        assert answer["Content-Type"] == PROBLEM, address
        if address in ("/api/docs", "/api/schema"):
            assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
            continue
        # A wrong method is said to who may come in.
        assert answer.status_code in (401, 405), (address, answer.content)
