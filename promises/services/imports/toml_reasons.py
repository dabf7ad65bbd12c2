"""What is wrong with a text that should be TOML, in plain words."""

import re
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_PLACE: Final = re.compile(
    r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$"
)
_TWICE: Final = gettext_lazy("something is said there twice")
_NO_END: Final = gettext_lazy("a text has no end: a quotation mark is missing")
_OPEN: Final = gettext_lazy("a bracket is opened and never closed")
# What the reader says begins with one of these.
_REASONS: Final = (
    ("Expected '=' after a key", gettext_lazy("a name stands there without = and a value")),
    ("Invalid initial character for a key", gettext_lazy("a name is expected there")),
    ("Invalid value", gettext_lazy("a value is expected there; texts stand in quotation marks")),
    ("Invalid date", gettext_lazy("no calendar has this day")),
    ("Invalid statement", gettext_lazy("a name with a value, or a [part], is expected there")),
    ("Cannot ", _TWICE),
    ("Duplicate ", _TWICE),
    ("Unterminated", _NO_END),
    ('Expected "', _NO_END),
    ("Unclosed", _OPEN),
    ("Expected ']", _OPEN),
    ("Unescaped", gettext_lazy("a backslash in a text is written twice")),
    (r"Illegal character '\n'", _NO_END),
    ("Illegal character", gettext_lazy("a text holds a character that it cannot hold")),
    ("Found invalid character", gettext_lazy("a character stands there that cannot")),
    ("Expected newline", gettext_lazy("something follows where the line should end")),
)


def toml_reason(said: str) -> str:
    """What TOML's reader said, in plain words with the place."""
    reason = next((str(plain) for begin, plain in _REASONS if said.startswith(begin)), "")
    found = _PLACE.search(said)
    if found is None or found["line"] is None:
        place = _("it is no TOML at its end")
    else:
        place = _("it is no TOML at line %(line)s, character %(column)s") % found.groupdict()
    return f"{place}: {reason}" if reason else place
