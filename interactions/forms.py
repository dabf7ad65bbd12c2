"""Forms of sources and keys."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.keys import MAX_NAME
from interactions.models import ApiKey
from interactions.plain_reasons import sentence_of
from interactions.sources import SourceRefused, check_source_name


class SourceForm(forms.Form):
    """A new source."""

    name = forms.CharField(
        label=_("Name"),
        strip=True,
        max_length=1_000,
        help_text=_("A URI reference that your program sends as source, such as /shop."),
    )

    def clean_name(self) -> str:
        """The name as a CloudEvents source."""
        name = str(self.cleaned_data["name"])
        try:
            check_source_name(name)
        except SourceRefused as refused:
            raise forms.ValidationError(sentence_of(refused.reason)) from None
        return name


class KeyForm(forms.Form):
    """A new key of a source."""

    key_name = forms.CharField(
        label=_("Name"), max_length=MAX_NAME, help_text=_("What uses it, such as checkout.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=ApiKey.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[ApiKey.Scope.EVENTS_WRITE.value],
    )
    expires_on = forms.DateField(
        label=_("Works until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: until it is revoked."),
    )

    def expires_at(self) -> datetime | None:
        """The end of the chosen day in the installation's zone."""
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        after = datetime.combine(day + timedelta(days=1), time.min)
        return timezone.make_aware(after, timezone.get_default_timezone())

    def refuse(self, pointer: str, reason: str) -> None:
        """Put what the service refused beside its field."""
        fields = {"/name": "key_name", "/scopes": "scopes", "/expires_at": "expires_on"}
        self.add_error(fields.get(pointer), sentence_of(reason))


class ConnectForm(forms.Form):
    """The source to connect: a known one, or a new name."""

    source = forms.ChoiceField(label=_("Source"), required=False)
    name = forms.CharField(
        label=_("Name of the new source"),
        required=False,
        max_length=1_000,
        help_text=_("A URI reference that your program sends as source, such as /shop."),
    )

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = [("", _("a new one")), *sources]

    def clean(self) -> dict[str, Any]:
        """A new source needs its name."""
        cleaned = super().clean() or {}
        if not cleaned.get("source") and not self.errors:
            try:
                check_source_name(cleaned.get("name", ""))
            except SourceRefused as refused:
                self.add_error("name", sentence_of(refused.reason))
        return cleaned
