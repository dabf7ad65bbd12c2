"""A word with its meaning one click away."""

from django import template

from promises.selectors.glossary import BY_SLUG, Word

register = template.Library()


@register.inclusion_tag("promises/_word.html")
def explain(slug: str, place: str) -> dict[str, Word | str]:
    """A small button that opens what a word means.

    Shape: `place` tells buttons of one page apart.
    Raises: KeyError where there is no such word.
    """
    return {"word": BY_SLUG[slug], "place": f"word-{slug}-{place}"}
