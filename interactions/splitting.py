"""Cutting a JSON array into its items where one of them is no JSON, so that it costs no other."""

import re

# Strings as a whole, so that brackets and commas in them count for nothing.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["\[\]{},]', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


def split_array(body: bytes) -> list[bytes] | None:
    """The items of an array by its brackets and commas alone; None where these do not fit.

    Shape: items may be anything; whoever reads them says what is wrong with each.
    """
    body = body.strip(b" \t\r\n")
    if not (body.startswith(b"[") and body.endswith(b"]")):
        return None
    items, depth, begins = [], 0, 1
    for found in _TOKEN.finditer(body):
        token, place = found.group(), found.start()
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        elif token == b'"':
            return None
        ends = depth == 0 and place == len(body) - 1
        if ends or (depth == 1 and token == b","):
            items.append(body[begins:place].strip(b" \t\r\n"))
            begins = place + 1
        elif depth == 0:
            return None
    return items if depth == 0 and all(items) else None


def deepest_member(text: bytes) -> bytes:
    """The name of the member of an object that is nested most deeply, with its quotation marks.

    Shape: the object is known to be JSON; it is not read, for that may be what cannot be done.
    """
    depth, deepest, name, found = 0, 1, b'""', b'""'
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in _OPENING:
            depth += 1
            if depth > deepest:
                deepest, found = depth, name
        elif token in _CLOSING:
            depth -= 1
        elif depth == 1 and token != b",":
            # A value, too, but no bracket stands between it and the next name.
            name = token
    return found
