"""Signing in, at the one door of the site and of Django's administration."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from interactions.sign_in import address_of, begin_attempt, succeeded, wait_said


class SignInForm(AuthenticationForm):
    """A name and a password. Shape: `wait` are the seconds that somebody has to wait first."""

    wait = 0

    def clean(self) -> dict[str, Any]:
        """Whose they are.

        Raises: ValidationError where they fit nobody, or were tried too often.
        """
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password") or self.request is None:
            return super().clean()
        address = address_of(self.request.META)
        self.wait = begin_attempt(name, address)
        if self.wait:
            raise forms.ValidationError(wait_said(self.wait), code="wait")
        cleaned = super().clean()
        succeeded(name, address)
        return cleaned


class SignIn(LoginView):
    """The page to sign in; 429 with `Retry-After` for whoever has to wait."""

    template_name = "account/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """The page again, with what is wrong."""
        answer = super().form_invalid(form)
        if isinstance(form, SignInForm) and form.wait:
            answer.status_code = 429
            answer["Retry-After"] = str(form.wait)
        return answer


@require_safe
def to_the_one_door(request: HttpRequest) -> HttpResponse:
    """Where Django's administration lets people in: nowhere but everybody does.

    Raises: PermissionDenied for whoever is signed in and may not go there.
    """
    place = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(place, allowed_hosts=None):
        place = reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(place)
    if not request.user.is_staff:
        raise PermissionDenied
    return HttpResponseRedirect(place)
