"""Why a standard is refused, in words."""

from django.utils.translation import gettext as _

from promises.domain.standards import Fault, StandardRefused


class TermsRefused(ValueError):
    """A standard that makes no sense. Shape: `pointer` is a JSON pointer to the field."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer}: {reason}")
        self.pointer, self.reason = pointer, reason


def refused_in_words(refused: StandardRefused) -> TermsRefused:
    """The same with a sentence."""
    words = {
        Fault.EMPTY: _("It must not be empty."),
        Fault.TOO_LONG: _("It has more than %(detail)s characters."),
        Fault.TOO_MANY: _("No more than %(detail)s of them."),
        Fault.CONTROL: _("It contains a control character."),
        Fault.UNKNOWN_WORD: _("It must be one of: %(detail)s."),
        Fault.UNKNOWN_TYPE: _("There are no such events."),
        Fault.UNKNOWN_FIELD: _("These events have no field %(detail)s."),
        Fault.BAD_TEMPLATE: _("Names stand in braces: {customer}. A brace itself is written {{."),
        Fault.NOT_A_NUMBER: _("Only numbers can be compared."),
        Fault.NEEDS_NUMBER: _("It must be a number: %(detail)s."),
        Fault.WHOLE_DAYS: _("Days are counted whole."),
        Fault.NEEDS_CALENDAR: _("Business time needs a calendar."),
        Fault.NEEDS_TARGET: _("Say how much time there is, or which field holds the date."),
        Fault.TWO_TARGETS: _("Either an amount of time or the field of a date."),
        Fault.NEEDS_MEASURE: _(
            "A quality promise needs value, comparator (>= or <=) and a scale above 0."
        ),
        Fault.NO_MEASURE: _("This belongs to a quality promise only."),
        Fault.ONLY_QUALITY: _("A promise of each period is about quality."),
        Fault.ONLY_EVENT: _("This needs one promise for each event."),
        Fault.ONLY_CUSTOMER: _("This cycle begins with what a customer says: %(detail)s."),
        Fault.NOT_PERIOD: _("A promise of each period has no such field."),
        Fault.ENDS_BEFORE: _("It ends before it begins."),
        Fault.ENDLESS: _(
            "It would promise again for each promise that it makes, without end. Add a condition "
            "that leaves its own out: source is not /standards."
        ),
    }
    return TermsRefused(refused.field, words[refused.fault] % {"detail": refused.detail})
