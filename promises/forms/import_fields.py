"""What the import form asks for: fields of a promise, kinds, orders of dates."""

from typing import Final, NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy

from promises.services.uploads.dates import DAY_FIRST, ISO, MONTH_FIRST, WORDS


class Asked(NamedTuple):
    """One field of a promise, as the form asks for it."""

    name: str
    label: str | Lazy
    help: str | Lazy = ""
    is_main: bool = False
    required: bool = False


ASKED: Final = (
    Asked("reference", gettext_lazy("Number of the promise"),
          gettext_lazy("What tells promises apart: an order, ticket or case number."), True, True),
    Asked("statement", gettext_lazy("What was promised"),
          gettext_lazy("The words. A text of your own may name columns in braces: "
                       "{article} arrives by {due:date}."), True, True),
    Asked("made_at", gettext_lazy("When it was promised"), "", True, True),
    Asked("due_at", gettext_lazy("By when"),
          gettext_lazy("The date that the customer was given."), True, True),
    Asked("fulfilled_at", gettext_lazy("When it was kept"),
          gettext_lazy("Empty cells are promises that are still open."), True),
    Asked("customer.id", gettext_lazy("Customer"),
          gettext_lazy("A number or id, the same in all your files."), True),
    Asked("customer.name", gettext_lazy("Name of the customer"), "", True),
    Asked("team", gettext_lazy("Team that promised"), "", True),
    Asked("touchpoint", gettext_lazy("Where it was promised"),
          gettext_lazy("A shop, a call, a counter.")),
    Asked("customer.preferred_name", gettext_lazy("Preferred name")),
    Asked("customer.segment", gettext_lazy("Segment")),
    Asked("customer.zone", gettext_lazy("Time zone of the customer"),
          gettext_lazy("Such as Europe/Berlin.")),
    Asked("stake", gettext_lazy("Stake"), gettext_lazy("0.5, 1, 2 or 4.")),
    Asked("paid_in_advance", gettext_lazy("Paid in advance"), gettext_lazy("yes or no")),
    Asked("explicit", gettext_lazy("Said in so many words"), gettext_lazy("yes or no")),
    Asked("confidence", gettext_lazy("Confidence"),
          gettext_lazy("Of an unspoken promise: above 0, up to 1.")),
    Asked("claim_source", gettext_lazy("Where the promise is written")),
    Asked("made_by", gettext_lazy("Who promised")),
    Asked("fraction", gettext_lazy("Share fulfilled"), gettext_lazy("Up to 1.")),
    Asked("quality.target", gettext_lazy("Target"), gettext_lazy("Of quality promises.")),
    Asked("quality.comparator", gettext_lazy("At least or at most"),
          gettext_lazy(">= or <=")),
    Asked("quality.scale", gettext_lazy("Scale"),
          gettext_lazy("The shortfall at which nothing is left.")),
    Asked("quality.unit", gettext_lazy("Unit of the target")),
    Asked("quality.value", gettext_lazy("Value reached")),
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
