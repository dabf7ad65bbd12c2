"""Changes of settings in plain words, and what segments are called."""

import json
from typing import Any

from django import template
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.models import Change
from promises.templatetags.promise_format import NOTHING

register = template.Library()

CHANGE_WORDS: dict[str, LazyText] = {
    "made": gettext_lazy("made"),
    "changed": gettext_lazy("changed"),
    "renamed": gettext_lazy("renamed"),
    "archived": gettext_lazy("archived"),
    "brought back": gettext_lazy("brought back"),
    "deleted": gettext_lazy("deleted"),
    "moved": gettext_lazy("moved in the order"),
    "revoked": gettext_lazy("revoked"),
    "invited": gettext_lazy("invited"),
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("taken out"),
    "activated": gettext_lazy("activated"),
    "deactivated": gettext_lazy("deactivated"),
    "got another role": gettext_lazy("got another role"),
    "got a link to set a password": gettext_lazy("got a link to set a password"),
    "set a password": gettext_lazy("set a password with a link"),
    "changed the password": gettext_lazy("changed the password"),
    "got a new secret": gettext_lazy("got a new secret"),
    "sample asked for": gettext_lazy("sample asked for"),
    "sample loaded": gettext_lazy("sample loaded"),
    "sample removed": gettext_lazy("sample removed"),
}


@register.filter
def change_word(change: Change) -> str:
    """What was done; an action without a word of its own stays as it is."""
    return str(CHANGE_WORDS.get(change.action, change.action))


@register.filter
def differences(change: Change) -> list[tuple[str, str, str]]:
    """The fields that differ: (name, before, after)."""
    names = list(dict.fromkeys([*change.after, *change.before]))
    return [
        (name.replace("_", " "), _said(change.before.get(name)), _said(change.after.get(name)))
        for name in names
    ]


def _said(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=1)
    return str(value)
