"""An installation without any account leads every page to /welcome/; and pages speak the zone of
the installation."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from interactions.first_admin import account_exists
from interactions.installation import installation_zone

Answer = Callable[[HttpRequest], HttpResponse]
# What works without anybody: probes, files, and programs with keys of their own.
_OPEN = ("/welcome/", "/livez", "/readyz", "/static/", "/api/")

# Accounts are not deleted one and all: once there is one, nobody asks again.
_has_account = False


def assume_an_account(there: bool = True) -> None:
    """Know by heart whether there is an account: for tests that must not ask."""
    global _has_account
    _has_account = there


def first_run(get_response: Answer) -> Answer:
    """Middleware: nobody is asked to sign in where nobody can."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_OPEN) or _somebody():
            return get_response(request)
        return redirect(reverse("welcome"))

    return answer


def local_time(get_response: Answer) -> Answer:
    """Middleware: moments are shown in the installation's zone."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_OPEN[1:]):
            return get_response(request)
        with timezone.override(installation_zone()):
            return get_response(request)

    return answer


def _somebody() -> bool:
    global _has_account
    _has_account = _has_account or account_exists()
    return _has_account
