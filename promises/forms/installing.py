"""Forms of the first run, and of what the installation knows of itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interactions.first_admin import MAX_NAME
from promises.services.installing import MAX_COMPANY

SAMPLE, OWN = "sample", "own"


class InstallationForm(forms.Form):
    """Company and zone."""

    company = forms.CharField(
        label=_("Name of your company"),
        max_length=MAX_COMPANY,
        required=False,
        help_text=_("Shown at the top of every page."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Whose days are counted. It can be changed until the first promise is there."),
    )

    def __init__(self, *args: Any, zones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = [(zone, zone) for zone in zones]
        for name, one in self.fields.items():
            if name != "begin":
                choice = isinstance(one, forms.ChoiceField)
                one.widget.attrs["class"] = "form-select" if choice else "form-control"


class WelcomeForm(InstallationForm):
    """The first admin, and what the installation begins with."""

    username = forms.CharField(
        label=_("Your name for signing in"),
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, and not a common one."),
    )
    again = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    begin = forms.ChoiceField(
        label=_("Begin with"),
        choices=(
            (OWN, _("your own promises: connect a source, or import a table")),
            (SAMPLE, _("a sample: Boston's 311 requests, which one click removes later")),
        ),
        widget=forms.RadioSelect,
        initial=OWN,
    )
    field_order = ("username", "email", "password", "again", "company", "zone", "begin")

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("again") and "again" in cleaned:
            self.add_error("again", _("The two passwords differ."))
        return cleaned
