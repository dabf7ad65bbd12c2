"""Scores of company, teams and customers at any moment (R4, R7, R11-R14).

`question.py` says what is asked, `relations.py` which rows answer it, `tallies.py` adds them up,
`parents.py` knows what they are drawn towards, `rows.py` makes the rows that pages and API show.
"""

from promises.scores.parents import Parent, company_sums, parent_of, shrunk, strength_held
from promises.scores.question import WINDOWS, Question, Scope, replace_customers
from promises.scores.rows import (
    ScoreRow,
    company_row,
    customer_rows,
    empty_row,
    kind_rows,
    score_row,
    team_rows,
)
from promises.scores.tallies import tallies
from promises.scores.tally import Tally

__all__ = [
    "WINDOWS",
    "Parent",
    "Question",
    "Scope",
    "ScoreRow",
    "Tally",
    "company_row",
    "company_sums",
    "customer_rows",
    "empty_row",
    "kind_rows",
    "parent_of",
    "replace_customers",
    "score_row",
    "shrunk",
    "strength_held",
    "tallies",
    "team_rows",
]
