"""What a setting cannot be, and what names have in common."""

from django.utils.text import slugify
from django.utils.translation import gettext as _

from interactions.ids import is_dots

MAX_NAME = 100
MAX_REFERENCE = 64


class SettingRefused(ValueError):
    """A setting cannot be this; `field` names where, "" where it is none of them."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def checked_name(given: str, *, field: str = "name") -> str:
    """A name of one line.

    Raises: SettingRefused.
    """
    name = given.strip()
    if not name:
        raise SettingRefused(field, _("A name is needed."))
    if len(name) > MAX_NAME:
        said = _("It has more than %(most)s characters.")
        raise SettingRefused(field, said % {"most": MAX_NAME})
    if not name.isprintable():
        raise SettingRefused(field, _("It contains a control character."))
    return name


def checked_reference(given: str, name: str) -> str:
    """An id as senders may use it; where none is given, one made of the name.

    Raises: SettingRefused.
    """
    reference = given.strip() or slugify(name)[:MAX_REFERENCE].strip("-_")
    if not reference:
        said = _("No id can be made of this name: enter one, such as support-2.")
        raise SettingRefused("reference", said)
    if len(reference) > MAX_REFERENCE or not reference.isprintable():
        raise SettingRefused("reference", _("An id has 1 to 64 characters on one line."))
    if is_dots(reference):
        raise SettingRefused("reference", _("No address can name this id: choose another."))
    return reference
