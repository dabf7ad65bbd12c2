"""Numbers of rows in addresses and forms."""

MOST_ID = 2**63 - 1
# A bigint has at most this many digits that cannot overflow it.
_DIGITS = 18


def number_in(text: str) -> int:
    """A number that a row may have; 0 for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
