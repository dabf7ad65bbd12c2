"""Ids in addresses: any text, also one with slashes or line breaks.

A part of an id that would mean something else in an address has a tilde before it there: `.` and
`..`, which browsers take for steps, and the last words of longer addresses.
"""

import re

from django.urls import register_converter

_MEANT = r"\.|\.\.|timeline|panel|trust\.csv"
_ESCAPED = re.compile(rf"(?<![^/])(~*)(?=(?:{_MEANT})(?:/|\Z))")
_UNESCAPED = re.compile(rf"(?<![^/])~(?=~*(?:{_MEANT})(?:/|\Z))")


class IdConverter:
    """An id as a part of an address."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The id that an address names.

        Raises: ValueError for what no stored id can be; the address is none then.
        """
        if "\0" in value:
            raise ValueError(value)
        return _UNESCAPED.sub("", value)

    def to_url(self, value: object) -> str:
        """The part of an address that names an id."""
        return _ESCAPED.sub(r"~\1", str(value))


register_converter(IdConverter, "id")
