"""The table that a benchmark prints."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.benchmarks.machine import Usage
from tests.faults.product import Product, wait_until


@dataclass(frozen=True)
class Row:
    """One figure, what is wanted of it, and what the machine did meanwhile."""

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    detail: str = ""
    usage: Usage | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure is as wanted."""
        enough = self.at_least is None or self.value >= self.at_least
        return enough and (self.at_most is None or self.value <= self.at_most)

    def lines(self) -> list[str]:
        """The row, and its details below."""
        wanted = ""
        if self.at_least is not None:
            wanted = f">= {self.at_least:,g}"
        if self.at_most is not None:
            wanted = f"<= {self.at_most:,g}"
        value = f"{self.value:,.0f}" if self.value >= 1_000 else f"{self.value:,.3g}"
        word = "" if not wanted else "ok" if self.holds else "MISSED"
        found = [f"{self.name:<40}{value:>10}  {wanted:<10}{word:<8}{self.detail}"]
        if self.usage:
            found.append(f"{'':<70}{self.usage.line()}")
        return found


@contextmanager
def quiet(product: Product) -> Iterator[None]:
    """Freeze worker and clock, with nothing in their hands, while only the site is measured."""
    settle(product, 120)
    parts = ("beat", "worker")
    for part in parts:
        product.freeze(part)
    try:
        yield
    finally:
        for part in parts:
            product.thaw(part)


def settle(product: Product, seconds: float) -> float:
    """Wait until all is counted. Units: seconds."""
    took = wait_until(lambda: product.pending() == 0, seconds, "everything is counted")
    time.sleep(0.3)
    return took
