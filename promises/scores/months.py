"""The figures of one month: what is asked, and the rows that answer it."""

from promises.domain.clock import day_end
from promises.domain.periods import Period
from promises.models.kinds import Kind
from promises.projection.facts import installation_zone
from promises.scores.lateness import read_kinds_together
from promises.scores.question import Question
from promises.scores.reading import one_reading
from promises.scores.rows import ScoreRow, company_row, kind_rows, team_rows
from promises.scores.tallies import read_together

Rows = dict[str, list[ScoreRow]]
SCOPES = ("company", "kind", "team")


def month_question(month: Period) -> Question:
    """The promises that matured in a month, as they stood at its end.

    Shape: as_of is the first moment after it, so that what fell due with its last day is counted.
    """
    zone = installation_zone()
    return Question(
        as_of=day_end(month.last, zone), is_now=False, zone=zone, window="all", since=month.first
    )


def month_rows(question: Question) -> Rows:
    """Rows of the company, of each kind and of each team."""
    with one_reading():
        read_together(question)
        read_kinds_together(question)
        kinds = {row.id: row for row in kind_rows(question)}
        return {
            "company": [company_row(question)],
            "kind": [kinds[kind] for kind in Kind.values if kind in kinds],
            "team": team_rows(question),
        }
