"""A gap score and its interval (R11) as the database reckons them, as in `domain/score.py`.

`SCORED` goes on from a relation `sums` of weight, weight_squared and loss in units of 1e-9, with
mu and m; `FIGURES` are told of its relation `bounded`.
"""

from promises.domain.loss import NANO
from promises.domain.score import ENOUGH, WILSON_Z

# Gap score and interval of rows of sums. A weight too small to be kept in 1e-9 says nothing, and
# its square may be lost before it.
# OFFSET 0 keeps what is computed once from being written out wherever it is used.
SCORED = f"""
scored AS (
    SELECT *, n_eff + m AS nn, (n_eff * loss / weight + m * mu) / (n_eff + m) AS p FROM (
        SELECT *, coalesce(weight::float8 * weight / nullif(weight_squared, 0) / {NANO}, 0) AS n_eff
        FROM sums WHERE weight > 0 OFFSET 0) AS effective OFFSET 0
), bounded AS (
    SELECT *, (p + {WILSON_Z**2} / (2 * nn)) / (1 + {WILSON_Z**2} / nn) AS middle,
           {WILSON_Z} * sqrt(greatest(0, p * (1 - p)) / nn + {WILSON_Z**2} / (4 * nn * nn))
               / (1 + {WILSON_Z**2} / nn) AS half FROM scored OFFSET 0
)"""  # noqa: S608 (our own numbers)
FIGURES = {
    "gap_score": "100 * p",
    "gap_low": "100 * greatest(0, middle - half)",
    "gap_high": "100 * least(1, middle + half)",
    # As round(n_eff, 9) >= ENOUGH: what rounding lost is forgiven.
    "enough": f"n_eff >= {ENOUGH} - 5e-10",
}
