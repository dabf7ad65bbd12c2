"""The language of a page: Django's own look-up takes twenty times as long, and a page with its
hundreds of texts and figures asks for it as often."""

from django.utils.translation import get_language

from interactions.one_reading import once


def page_language() -> str | None:
    """The language that texts are in. Shape: it is settled before a reading begins, and stays."""
    return once("language", get_language)
