"""Why something is not taken, in whole sentences for people: the API puts a place before their
ends."""

from typing import Final

from django.utils.translation import gettext as _

from interactions.wording import plain_reason

# With one of these words begins what is said of the thing that was named before.
_SAID_OF_IT: Final = {
    *("is", "has", "must", "lies", "leads", "uses", "names", "contains", "needs", "cannot"),
    *("belongs", "stands", "lacks", "ends"),
}


def sentence_of(reason: str) -> str:
    """A reason as a whole sentence, to stand beside what it is about."""
    reason = plain_reason(reason)
    first = reason.partition(" ")[0]
    said = _("It {reason}").format(reason=reason) if first in _SAID_OF_IT else reason
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."
