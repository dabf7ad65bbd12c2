"""How a person wants the pages to behave."""

from django import forms
from django.utils.translation import gettext_lazy as _

from interactions.models import Preference


class PreferenceForm(forms.Form):
    """Single keys, colours, and what tables begin with."""

    single_keys = forms.BooleanField(
        label=_("Single keys do something"),
        required=False,
        help_text=_(
            "Such as c to log a promise. Switch them off if you speak to your computer or press "
            "keys by accident. Ctrl+K always opens the palette."
        ),
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        choices=[("", _("each browser its own")), *Preference.Theme.choices],
    )
    table_mark = forms.BooleanField(
        label=_("Tables open in Excel"),
        required=False,
        help_text=_(
            "Tables that you download begin with a mark (a byte order mark), without which Excel "
            "misreads letters such as é. Switch it off for programs that stumble over it."
        ),
    )
