"""A mapping as the file that the command takes: the page and the file say the same."""

import json
import re
from typing import Any

import msgspec

from promises.services.imports.mapping import Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def mapping_toml(mapping: Mapping) -> str:
    """The mapping as TOML; what has its default is left out."""
    told = _given(msgspec.to_builtins(mapping), msgspec.to_builtins(_EMPTY))
    fields = told.pop("fields")
    customer, quality = fields.pop("customer", {}), fields.pop("quality", None)
    lists = {name: told.pop(name, []) for name in ("join", "skip")}
    endings = {name: told.pop(name, None) for name in ("withdrawn", "failed")}
    parts = [_lines(told), "[fields]\n" + _lines(fields)]
    for name, table in (("fields.customer", customer), ("fields.quality", quality)):
        if table:
            parts.append(f"[{name}]\n" + _lines(table))
    parts += [f"[{name}]\n" + _lines(table) for name, table in endings.items() if table]
    parts += [f"[[{name}]]\n" + _lines(table) for name, rows in lists.items() for table in rows]
    return "\n".join(parts)


_EMPTY = msgspec.convert(
    {
        "source": "/",
        "zone": "UTC",
        "reference": ["-"],
        "fields": {name: {"constant": ""} for name in ("kind", "statement", "made_at", "due_at")},
    },
    Mapping,
)


def _given(told: dict[str, Any], empty: dict[str, Any]) -> dict[str, Any]:
    """Without what is None, and on the first floor without what is as it is by default."""
    return {
        key: _without_none(value)
        for key, value in told.items()
        if value is not None and (key in ("source", "zone", "reference") or value != empty[key])
    }


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        cleaned = {key: _without_none(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in cleaned.items() if one != {}}
    if isinstance(value, list):
        return [_without_none(one) for one in value]
    return value


def _lines(table: dict[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    return repr(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
