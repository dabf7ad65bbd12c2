"""A word with its meaning one click away."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

from promises.selectors.glossary import BY_SLUG
from promises.templatetags.page_language import page_language

register = template.Library()


@register.simple_tag
def explain(slug: str, place: str) -> SafeString:
    """A small button that opens what a word means.

    Shape: `place` tells buttons of one page apart.
    Raises: KeyError where there is no such word.
    """
    return _explained(slug, place, page_language(), get_script_prefix())


@lru_cache(maxsize=512)
def _explained(slug: str, place: str, _language: str | None, _prefix: str) -> SafeString:
    word = {"word": BY_SLUG[slug], "place": f"word-{slug}-{place}"}
    return SafeString(render_to_string("promises/_word.html", word))
