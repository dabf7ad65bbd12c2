"""A gap score and its interval (R11) as the database reckons them, as in `domain/score.py`."""

from collections.abc import Sequence

from promises.domain.loss import NANO
from promises.domain.score import ENOUGH, WILSON_Z


def scored_sql(windows: Sequence[str] = ("",)) -> str:
    """Relations that go on from one called `sums`, of weight, weight_squared and loss in units of
    1e-9, with mu and m; `low_sql` and `enough_sql` are told of the last one, `bounded`.

    Shape: `windows` are what follows the names of columns, m's apart, where a row holds several.
    A weight too small to be kept in 1e-9 says nothing, and its square may be lost before it.
    """

    def each(figure: str) -> str:
        return ", ".join(figure.replace("@", window) for window in windows)

    # OFFSET 0 keeps what is computed once from being written out wherever it is used.
    share = "(n_eff@ * loss@ / nullif(weight@, 0) + m * mu@) / (n_eff@ + m) AS p@"
    effective = f"coalesce(weight@::float8 * weight@ / nullif(weight_squared@, 0) / {NANO}, 0)"
    middle = f"(p@ + {WILSON_Z**2} / (2 * nn@)) / (1 + {WILSON_Z**2} / nn@) AS middle@"
    half = (
        f"{WILSON_Z} * sqrt(greatest(0, p@ * (1 - p@)) / nn@ + {WILSON_Z**2} / (4 * nn@ * nn@))"
        f" / (1 + {WILSON_Z**2} / nn@) AS half@"
    )
    return f"""
scored AS (
    SELECT *, {each("n_eff@ + m AS nn@")}, {each(share)} FROM (
        SELECT *, {each(f"{effective} AS n_eff@")} FROM sums OFFSET 0) AS effective OFFSET 0
), bounded AS (
    SELECT *, {each(middle)}, {each(half)} FROM scored OFFSET 0
)"""  # noqa: S608 (our own names and numbers)


def low_sql(window: str = "") -> str:
    """The lower end of the interval. Units: 0 to 100."""
    return f"100 * greatest(0, middle{window} - half{window})"


def enough_sql(window: str = "") -> str:
    """Whether there are enough promises to be ranked: as round(n_eff, 9) >= ENOUGH, so that what
    rounding lost is forgiven."""
    return f"n_eff{window} >= {ENOUGH} - 5e-10"
