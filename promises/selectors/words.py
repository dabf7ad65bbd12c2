"""Finding promises by words of their statements, through the index of words.

A word is a run of letters and digits. `promises_words` (migration 0006_search) takes a statement
apart the same way in the database; case does not matter.
"""

import re
from collections.abc import Sequence

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, QuerySet

from promises.models import Promise

# Up to so many are fetched and sorted. Where more hold the words, they lie so close in every order
# that a page is found sooner by walking along it.
MOST_SORTED = 10_000
# ASCII's spaces and punctuation, and what of typography the database would take for letters.
_BETWEEN = re.compile("[\\x00-/:-@\\[-`{-\\x7f\u00a0\u2018\u2019\u201c\u201d\u2013\u2014\u2026]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in order."""
    return tuple(word for word in _BETWEEN.split(text) if word)


def holding(promises: QuerySet[Promise], words: Sequence[str]) -> QuerySet[Promise]:
    """Those in whose statement each of the words begins a word."""
    query = SearchQuery(
        " & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw"
    )
    vector = Func("statement", function="promises_words", output_field=SearchVectorField())
    return promises.alias(words=vector).filter(words=query)


def are_rare(words: Sequence[str]) -> bool:
    """Whether so few statements hold the words that all of them can be sorted.

    The planner cannot know it: it takes the beginning of a word for half a percent of all.
    """
    some = holding(Promise.objects.all(), words).order_by().values("pk")
    return some[: MOST_SORTED + 1].count() <= MOST_SORTED
