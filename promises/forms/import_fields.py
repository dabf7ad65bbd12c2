"""What the import form asks for: fields of a promise, kinds, orders of dates."""

from typing import Final, NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy

from promises.services.imports.date_orders import DAY_FIRST, MONTH_FIRST
from promises.services.imports.labels import LABELS
from promises.services.uploads.dates import ISO, WORDS


class Asked(NamedTuple):
    """One field of a promise, as the form asks for it."""

    name: str
    label: str | Lazy
    help: str | Lazy = ""
    is_main: bool = False
    required: bool = False


ASKED: Final = (
    Asked("reference", LABELS["reference"],
          gettext_lazy("What tells promises apart: an order, ticket or case number."), True, True),
    Asked("statement", LABELS["statement"],
          gettext_lazy("The words. A text of your own may name columns in braces: "
                       "{article} arrives by {due:date}."), True, True),
    Asked("made_at", LABELS["made_at"], "", True, True),
    Asked("due_at", LABELS["due_at"],
          gettext_lazy("The date that the customer was given."), True, True),
    Asked("fulfilled_at", LABELS["fulfilled_at"],
          gettext_lazy("Empty cells are promises that are still open."), True),
    Asked("customer.id", LABELS["customer.id"],
          gettext_lazy("A number or id, the same in all your files."), True),
    Asked("customer.name", LABELS["customer.name"], "", True),
    Asked("team", LABELS["team"], "", True),
    Asked("touchpoint", LABELS["touchpoint"],
          gettext_lazy("A shop, a call, a counter.")),
    Asked("customer.preferred_name", LABELS["customer.preferred_name"]),
    Asked("customer.segment", LABELS["customer.segment"]),
    Asked("customer.zone", LABELS["customer.zone"],
          gettext_lazy("Such as Europe/Berlin.")),
    Asked("stake", LABELS["stake"], gettext_lazy("0.5, 1, 2 or 4.")),
    Asked("paid_in_advance", LABELS["paid_in_advance"], gettext_lazy("yes or no")),
    Asked("explicit", LABELS["explicit"], gettext_lazy("yes or no")),
    Asked("confidence", LABELS["confidence"],
          gettext_lazy("Of an unspoken promise: above 0, up to 1.")),
    Asked("claim_source", LABELS["claim_source"]),
    Asked("made_by", LABELS["made_by"]),
    Asked("fraction", LABELS["fraction"], gettext_lazy("Up to 1.")),
    Asked("quality.target", LABELS["quality.target"], gettext_lazy("Of quality promises.")),
    Asked("quality.comparator", LABELS["quality.comparator"],
          gettext_lazy(">= or <=")),
    Asked("quality.scale", LABELS["quality.scale"],
          gettext_lazy("The shortfall at which nothing is left.")),
    Asked("quality.unit", LABELS["quality.unit"]),
    Asked("quality.value", LABELS["quality.value"]),
)  # fmt: skip
KINDS: Final = (
    ("=delivery", gettext_lazy("delivery: it arrives or is done by then")),
    ("=response", gettext_lazy("response: somebody answers by then")),
    ("=quality", gettext_lazy("quality: a value is reached by then")),
)
ORDERS: Final = (
    (ISO, gettext_lazy("year first: 2026-03-31 14:30")),
    (DAY_FIRST, gettext_lazy("day first: 31.03.2026, 31/3/26")),
    (MONTH_FIRST, gettext_lazy("month first: 3/31/2026")),
    (WORDS, gettext_lazy("others: 31 Mar 2026, Mar 31, 2026, 20260331")),
)
