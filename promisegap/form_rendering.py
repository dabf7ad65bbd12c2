"""Forms as Django writes them, lists of choices in one go.

Django renders two templates for each option: a mapping of forty columns has two thousand of them.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.safestring import SafeString

SELECT = "django/forms/widgets/select.html"


class QuickSelects(DjangoTemplates):
    """The form renderer of the installation."""

    def render(
        self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> str:
        """As Django does, but for lists of choices."""
        if template_name == SELECT:
            return SafeString("".join(_select(context["widget"])))
        return super().render(template_name, dict(context), request)


def _select(widget: Mapping[str, Any]) -> Iterator[str]:
    yield f'<select name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>'
    for group, options, _index in widget["optgroups"]:
        if group:
            yield f'\n  <optgroup label="{_escaped(group)}">'
        for option in options:
            value = _escaped(str(option["value"]))
            label = _escaped(localize(option["label"]))
            yield f'\n  <option value="{value}"{_attributes(option["attrs"])}>{label}</option>'
        if group:
            yield "\n  </optgroup>"
    yield "\n</select>"


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )


def _escaped(text: Any) -> str:
    """As `conditional_escape` does, which looks for lazy texts twice and takes thrice as long."""
    if isinstance(text, Promise):
        text = str(text)
    return text.__html__() if hasattr(text, "__html__") else escape(str(text))
