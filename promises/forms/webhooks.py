"""Forms of webhooks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from interactions.plain_reasons import sentence_of
from promises.models import WebhookEvent
from promises.services.webhooks.endpoints import MOST_DESCRIPTION


class WebhookForm(forms.Form):
    """An endpoint. What an address may be is for the service to say."""

    url = forms.CharField(
        label=_("Address"),
        max_length=5_000,
        help_text=_("Such as https://example.com/hooks. It must be public."),
    )
    description = forms.CharField(
        label=_("What it is for"), required=False, max_length=MOST_DESCRIPTION
    )
    event_types = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=WebhookEvent.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=WebhookEvent.values,
    )

    def refuse(self, pointer: str, reason: str) -> None:
        """Put what the service refused beside its field."""
        name = pointer.removeprefix("/")
        self.add_error(name if name in self.fields else None, sentence_of(reason))


class _MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"


class ReplayForm(forms.Form):
    """Since when what was given up is sent again."""

    since = forms.DateTimeField(
        label=_("Given up since"), widget=_MomentInput(format="%Y-%m-%dT%H:%M")
    )
