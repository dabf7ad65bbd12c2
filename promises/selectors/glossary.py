"""The words of the product, each explained once: for the page of words and for every place where a
word is used."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Word:
    """One word. Shape: `slug` is its place on the page, and what templates ask for."""

    slug: str
    name: str | Lazy
    meaning: str | Lazy


WORDS: Final = (
    Word("promise", _("promise"), _("One commitment to one customer: what was said, who said it, "
         "when, by when, and how much it matters.")),
    Word("kind", _("kind"), _("Delivery: something arrives or is done by a time. Response: "
         "somebody answers by a time. Quality: a measured value is reached by a time.")),
    Word("explicit", _("explicit and implicit"), _("Explicit: said in so many words. Implicit: "
         "never said, but every customer expects it. An implicit promise weighs less.")),
    Word("source", _("source"), _("Who speaks: your shop, your carrier, your ticket system, an "
         "imported table, or a person on these pages.")),
    Word("event", _("event"), _("One fact in the ledger: a promise was made, a date was moved, "
         "something was delivered. It is never changed.")),
    Word("ledger", _("ledger"), _("The list of all events. Nothing in it is overwritten; a mistake "
         "is taken back by a further event. All figures are reckoned from it.")),
    Word("due", _("due"), _("The first date that the customer was given. A later date from us does "
         "not move it; one that the customer asked for does.")),
    Word("fell-due", _("fell due"), _("From its due date on, and what is tolerated after it, a "
         "promise counts, whether it was kept early or is still open.")),
    Word("kept", _("kept"), _("Fulfilled in full by the due date.")),
    Word("late", _("late"), _("Fulfilled in full, but after the due date.")),
    Word("partial", _("partial"), _("Fulfilled to a part only, or with a value below the target.")),
    Word("failed", _("failed"), _("Declared as not coming any more, or called off by us.")),
    Word("withdrawn", _("withdrawn"), _("Called off by the customer before it was due. It leaves "
         "every figure.")),
    Word("overdue", _("overdue"), _("Still open although the due date has passed. It counts as not "
         "kept from that moment, not from when somebody closes it.")),
    Word("slip", _("slip"), _("A move to a later date that the customer did not ask for. Announced "
         "if the customer heard of it before the old date, else unannounced. After three of them a "
         "promise is chronic.")),
    Word("lateness", _("lateness"), _("How long after the due date it was settled, on the "
         "customer's clock; before it is negative. Shown as the median and as the time by which 90 "
         "of 100 were settled, with those that are still open.")),
    Word("loss", _("loss"), _("How badly one promise was missed: 0 where it was kept, up to 1. It "
         "grows with lateness, with what is missing, and with each slip.")),
    Word("stake", _("stake"), _("How much a promise weighs: 0.5, 1, 2 or 4.")),
    Word("gap-score", _("gap score"), _("The average loss, weighted by stake, times 100. 0 is "
         "perfect. With few promises it is drawn towards the company's average, so that one bad "
         "day is no verdict.")),
    Word("kept-rate", _("kept rate"), _("How many of those that fell due were kept.")),
    Word("range", _("range"), _("Where the true figure lies with 95 % confidence. The fewer "
         "promises, the wider. Two ranges that overlap a lot tell no difference.")),
    Word("n-eff", _("effective number"), _("How many equally weighted promises would tell as much. "
         "Below 5 no score is ranked. In exports it is called n_eff.")),
    Word("window", _("window"), _("The period that is looked at: the last so many days of the "
         "installation's time zone, today included.")),
    Word("standard", _("standard"), _("A promise made in advance for many customers, such as a "
         "first answer in 4 business hours. It makes promises by itself.")),
    Word("business-time", _("business time"), _("Time in which somebody is at work, by a calendar. "
         "Lateness counts on the customer's clock; business time stands beside it.")),
    Word("pause", _("pause"), _("A wait that the customer caused or agreed to. It moves the due "
         "date.")),
    Word("touchpoint", _("touchpoint"), _("Where a promise was made: a shop, a call, a counter.")),
    Word("segment", _("segment"), _("A group of customers, such as gold.")),
    Word("retro", _("recorded afterwards"), _("A promise that a person recorded after its outcome "
         "had happened. It is counted apart.")),
    Word("waiting", _("waiting event"), _("An event about a promise that is not known yet. It is "
         "kept, shown, and counted as soon as the promise arrives.")),
)  # fmt: skip
BY_SLUG: Final = {word.slug: word for word in WORDS}
