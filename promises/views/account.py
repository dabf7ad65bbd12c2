"""One's own account, and the link with which a password is set."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from interactions.changes import Area, By, record_change
from interactions.selectors import viewer_for
from interactions.sign_in import address_of, forget_failures
from promises.forms.passwords import PasswordChangeForm, PasswordSetForm
from promises.forms.settings import PersonForm
from promises.services.settings.people import describe, faults_of
from promises.services.settings.refusals import SettingRefused


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """My name and address."""
    person = get_object_or_404(User, pk=request.user.pk)
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        initial={"name": person.first_name, "email": person.email},
    )
    if request.method == "POST" and form.is_valid():
        try:
            describe(person, **form.cleaned_data, by=By(user_id=person.pk))
        except SettingRefused as refused:
            form.refuse_all(faults_of(**form.cleaned_data) or [refused])
        else:
            messages.success(request, _("Saved."))
            return redirect("account")
    return _page(request, person, form, PasswordChangeForm(person))


@sensitive_post_parameters()
@require_POST
@login_required
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Another password; whoever is signed in elsewhere with the old one is signed out; 429 with
    `Retry-After` for whoever has to wait."""
    person = get_object_or_404(User, pk=request.user.pk)
    form = PasswordChangeForm(person, request.POST, address=address_of(request.META))
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, person)
        name = person.get_username()
        record_change(Area.PERSON, name, "changed the password", by=By(user_id=person.pk))
        messages.success(request, _("The password is changed. Other sessions are signed out."))
        return redirect("account")
    names = PersonForm(initial={"name": person.first_name, "email": person.email})
    answer = _page(request, person, names, form)
    if form.wait:
        answer.status_code = 429
        answer["Retry-After"] = str(form.wait)
    return answer


class PasswordSetView(PasswordResetConfirmView):
    """A password set with a link that works once, for who may sign in."""

    template_name = "account/set_password.html"
    form_class = PasswordSetForm
    success_url = reverse_lazy("login")

    def get_user(self, uidb64: str) -> Any:
        """Whose link it is; nobody for an account that is deactivated."""
        # A digit that is none of ours, or a number beyond any row, is no link.
        try:
            user = super().get_user(uidb64)
        except (OverflowError, ValueError):
            return None
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, and say so on the page where one signs in."""
        answer = super().form_valid(form)
        person: User = form.user
        name = person.get_username()
        forget_failures(name)
        record_change(Area.PERSON, name, "set a password", by=By(user_id=person.pk))
        messages.success(self.request, _("The password is set. Sign in with it."))
        return answer


def _page(request: HttpRequest, person: User, form: Any, password_form: Any) -> HttpResponse:
    context = {
        "viewer": viewer_for(person),
        "person": person,
        "form": form,
        "password_form": password_form,
    }
    status = 422 if form.errors or password_form.errors else 200
    return render(request, "account/account.html", context, status=status)
