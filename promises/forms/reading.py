"""Forms of saved views and of notes on days."""

from django import forms
from django.utils.translation import gettext_lazy as _

from promises.models import ReadingPage
from promises.services.reading import LONGEST_NAME, LONGEST_QUERY, LONGEST_TEXT


class ViewForm(forms.Form):
    """The filters of a page under a name, for oneself or a team."""

    page = forms.ChoiceField(choices=ReadingPage.choices)
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Give the view a name.")},
    )
    query = forms.CharField(max_length=LONGEST_QUERY, required=False)
    team = forms.CharField(required=False)
    pinned = forms.BooleanField(required=False)


class NoteForm(forms.Form):
    """What happened on a day."""

    day = forms.DateField(label=_("Day"))
    text = forms.CharField(label=_("What happened"), max_length=LONGEST_TEXT)
    team = forms.CharField(required=False)
