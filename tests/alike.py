"""Comparing what was added up in another order: it differs in its last place."""

from dataclasses import fields, is_dataclass
from typing import Any


def alike(value: Any) -> Any:
    """The same as plain values, with floats to ten figures."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: alike(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: alike(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [alike(one) for one in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value
