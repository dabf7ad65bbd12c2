"""Scores of company, teams and customers at any moment (R4, R7, R11-R14).

`question.py` says what is asked, `relations.py` which rows answer it, `tallies.py` adds them up,
`parents.py` knows what they are drawn towards, `rows.py` makes the rows that pages and API show.
"""

from promises.scores.judged_by import read_judging
from promises.scores.lateness import read_kinds_together
from promises.scores.overdue import overdue_counts
from promises.scores.parents import Parent, company_sums, parent_of, shrunk, strength_held
from promises.scores.past import (
    folded_open_counts,
    folded_promises,
    folded_tallies,
    keep_references,
)
from promises.scores.question import (
    CUSTOM,
    STORED_WINDOWS,
    WINDOWS,
    Question,
    Scope,
    replace_customers,
)
from promises.scores.reading import one_reading
from promises.scores.rows import (
    ScoreRow,
    company_row,
    customer_rows,
    empty_row,
    kind_rows,
    score_row,
    team_rows,
    touchpoint_rows,
)
from promises.scores.tallies import (
    company_matured,
    read_means_together,
    read_together,
    tallies,
)
from promises.scores.tally import Tally
from promises.scores.worst import worst_by_database

__all__ = [
    "CUSTOM",
    "STORED_WINDOWS",
    "WINDOWS",
    "Parent",
    "Question",
    "Scope",
    "ScoreRow",
    "Tally",
    "company_matured",
    "company_row",
    "company_sums",
    "customer_rows",
    "empty_row",
    "folded_open_counts",
    "folded_promises",
    "folded_tallies",
    "keep_references",
    "kind_rows",
    "one_reading",
    "overdue_counts",
    "parent_of",
    "read_judging",
    "read_kinds_together",
    "read_means_together",
    "read_together",
    "replace_customers",
    "score_row",
    "shrunk",
    "strength_held",
    "tallies",
    "team_rows",
    "touchpoint_rows",
    "worst_by_database",
]
