"""Lists of choices are written as Django writes them."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from promisegap.form_rendering import QuickSelects

HOSTILE = "\"><script>alert(1)</script>&amp;'"
format_html_lazy = lazy(format_html, SafeString)
CHOICES = {
    "plain": [("", "---"), ("a", "One"), ("b", "Two")],
    "numbers": [(1, 1_000), (2, 2.5), (None, "none")],
    "hostile": [(HOSTILE, HOSTILE), ("safe", mark_safe("<b>bold</b>"))],
    "groups": [("Group & Co", [("a", "A"), ("b", "B")]), ("c", _("promise"))],
    "lazy": [("a", format_lazy("{}<b>", _("promise"))), ("b", format_html_lazy("<i>{}</i>", "&"))],
    "none": [],
}


@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("value", ["", "b", HOSTILE, 2])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
def test_as_django_writes_them(
    choices: list[tuple[object, object]], value: object, widget: type[forms.Select]
) -> None:
    attrs = {"class": HOSTILE, "required": True, "disabled": False, "data-n": 7}
    select = widget(attrs=attrs, choices=choices)
    chosen = [value] if widget is forms.SelectMultiple else value
    plain = select.render("field", chosen, {"id": "id_field"}, renderer=DjangoTemplates())
    ours = select.render("field", chosen, {"id": "id_field"}, renderer=QuickSelects())
    assert ours.split() == plain.split()


def test_everything_else_is_djangos() -> None:
    text = forms.TextInput(attrs={"class": HOSTILE})
    assert text.render("a", "b", renderer=QuickSelects()) == text.render(
        "a", "b", renderer=DjangoTemplates()
    )
