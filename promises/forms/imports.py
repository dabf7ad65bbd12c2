"""The form that says which column is what; it makes the mapping that a TOML file makes."""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Plain
from typing import Any

import msgspec
from django import forms
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.plain_reasons import sentence_of
from promises.forms.import_fields import ASKED, KINDS, ORDERS, Asked
from promises.services.imports.mapping import Mapping
from promises.services.uploads.dates import formats_for, order_of
from promises.services.uploads.previewing import Sample

_COLUMN, _SAME, AS_BEFORE = "col:", "=", "as it is"
_PATH = re.compile(r" - at `(?:key in )?\$\.?(.*)`$")
_MANY = 1_000


def key_of(name: str) -> str:
    """The name of a form field."""
    return name.replace(".", "_")


class _Choices(BaseChoiceIterator):
    """Choices in their last shape: Django would go through them again for each field, and thrice;
    forty columns are offered by thirty fields."""

    def __init__(self, choices: list[Any]) -> None:
        self._choices = choices

    def __iter__(self) -> Iterator[Any]:
        return iter(self._choices)


class MappingForm(forms.Form):
    """How the file is read, and which column is what."""

    source = forms.CharField(
        label=gettext_lazy("Name of this source"),
        max_length=255,
        help_text=gettext_lazy("Files of one kind share it: what is known is not taken twice."),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Times without a zone are in"))
    dates = forms.ChoiceField(label=gettext_lazy("Dates are printed"))
    date_only = forms.ChoiceField(
        label=gettext_lazy("A due date without a time means"),
        choices=(
            ("end of day", gettext_lazy("by the end of that day")),
            ("midnight", gettext_lazy("by its beginning")),
        ),
    )

    def __init__(
        self, data: Any = None, *, sample: Sample, zones: list[str], proposed: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial_of(proposed))
        self._sample = sample
        self._proposed = proposed
        self._choose("zone", [(zone, zone) for zone in _with(zones, proposed.get("zone", ""))])
        self._choose("dates", [*ORDERS, (AS_BEFORE, _("as the mapping says"))])
        columns = [(_COLUMN + name, name) for name in sample.usable]
        none = ("", _("not in the file"))
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), choices=_Choices([*KINDS, (_("Columns"), columns)])
        )
        for asked in ASKED:
            choices = [none, *columns]
            if asked.name != "reference":
                choices.insert(1, (_SAME, _("the same for every row:")))
            self._add(asked.name, asked.label, choices, asked.help)
            self.fields[f"{key_of(asked.name)}_text"] = forms.CharField(
                label=_("Text for every row"), required=False, max_length=255
            )
        self._add("reference_more", _("and also"), [("", _("nothing else")), *columns])
        self._endings(columns, none)
        self._add("skip", _("Leave out rows with nothing in"), [("", _("take them all")), *columns])

        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"
            field.widget.attrs["autocomplete"] = "off"

    def rows(self, *, main: bool) -> Iterator[tuple[Asked, Any, Any]]:
        """The fields of promises with their two inputs."""
        for asked in ASKED:
            if asked.is_main == main:
                yield asked, self[key_of(asked.name)], self[f"{key_of(asked.name)}_text"]

    def mapping(self) -> Mapping | None:
        """What the form says; None where it is not whole, with the reasons beside the fields."""
        if not self.is_valid():
            return None
        told = self._told()
        if self.errors:
            return None
        try:
            return msgspec.convert(told, Mapping)
        except msgspec.ValidationError as error:
            self._refuse(str(error))
            return None

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = _Choices(choices)

    def _add(self, name: str, label: Any, choices: list[Any], help: Any = "") -> None:
        self.fields[key_of(name)] = forms.ChoiceField(
            label=label, choices=_Choices(choices), required=False, help_text=help
        )

    def _endings(self, columns: list[tuple[str, str]], none: tuple[str, str]) -> None:
        when = [("due_at", _("when it was due")), ("made_at", _("when it was made"))]
        for name, label in (("withdrawn", _("Called off")), ("failed", _("Failed"))):
            self._add(f"{name}_column", label, [none, *columns])
            self.fields[f"{name}_values"] = forms.CharField(
                label=_("where it says"), required=False, max_length=1_000,
                help_text=_("Several are separated by commas."),
            )  # fmt: skip
            self._add(f"{name}_at", _("at the moment"), [*when, *columns])
        self._add("withdrawn_by", _("by"), [("customer", _("the customer")), ("us", _("us"))])

    def _told(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        fields: dict[str, Any] = {"kind": self._kind(cleaned["kind"])}
        parts: dict[str, dict[str, Any]] = {"customer": {}, "quality": {}}
        for asked in ASKED:
            if asked.name == "reference":
                continue
            found = self._source_of(asked)
            if found is None:
                continue
            head, _dot, tail = asked.name.partition(".")
            if tail:
                parts[head][tail] = found
            else:
                fields[head] = found
        fields |= {name: part for name, part in parts.items() if part}
        told = {
            "source": cleaned["source"].strip(),
            "zone": cleaned["zone"],
            "reference": self._references(),
            "date_only": cleaned["date_only"],
            "formats": self._formats(fields),
            "delimiter": self._sample.delimiter,
            "fields": fields,
        }
        return told | self._rules()

    def _kind(self, choice: str) -> dict[str, str]:
        if choice.startswith(_SAME):
            return {"constant": choice.removeprefix(_SAME)}
        return {"column": choice.removeprefix(_COLUMN)}

    def _source_of(self, asked: Asked) -> dict[str, str] | None:
        choice = self.cleaned_data.get(key_of(asked.name), "")
        if choice.startswith(_COLUMN):
            return {"column": choice.removeprefix(_COLUMN)}
        if choice == _SAME:
            text = self.cleaned_data.get(f"{key_of(asked.name)}_text", "").strip()
            if text:
                is_template = asked.name == "statement" and "{" in text
                return {"template" if is_template else "constant": text}
            self.add_error(key_of(asked.name), _("Write the text that holds for every row."))
        elif asked.required:
            self.add_error(key_of(asked.name), _("Choose the column."))
        return None

    def _references(self) -> list[str]:
        chosen = [self.cleaned_data.get(name, "") for name in ("reference", "reference_more")]
        found = [one.removeprefix(_COLUMN) for one in chosen if one]
        if not chosen[0]:
            self.add_error("reference", _("Choose the column."))
        return list(dict.fromkeys(found))

    def _formats(self, fields: dict[str, Any]) -> list[str]:
        order = self.cleaned_data["dates"]
        if order == AS_BEFORE:
            return list(self._proposed.get("formats", []))
        columns = [
            fields[name]["column"]
            for name in ("made_at", "due_at", "fulfilled_at")
            if "column" in fields.get(name, {})
        ]
        cells = [cell for name in columns for cell in self._sample.cells.get(name, [])]
        return list(formats_for(order, cells))

    def _rules(self) -> dict[str, Any]:
        """Endings, and rows that are left out."""
        cleaned = self.cleaned_data
        rules: dict[str, Any] = {}
        for name in ("withdrawn", "failed"):
            column = cleaned[f"{name}_column"].removeprefix(_COLUMN)
            if not column:
                continue
            values = [one.strip() for one in cleaned[f"{name}_values"].split(",")]
            values = [one for one in values if one][:_MANY]
            if not values:
                self.add_error(f"{name}_values", _("Write the words that mean it."))
                continue
            at = cleaned[f"{name}_at"] or "due_at"
            rules[name] = {
                "column": column,
                "values": values,
                "at": {"column": at.removeprefix(_COLUMN)} if at.startswith(_COLUMN) else at,
            }
        if "withdrawn" in rules:
            rules["withdrawn"]["by"] = cleaned["withdrawn_by"] or "customer"
        column = cleaned["skip"].removeprefix(_COLUMN)
        if column:
            reason = f"nothing in {column}"[:255]
            rules["skip"] = [{"column": column, "empty": True, "reason": reason}]
        return rules

    def _refuse(self, error: str) -> None:
        """Put what the mapping refuses beside its field."""
        found = _PATH.search(error)
        place = (found.group(1) if found else "").removeprefix("fields.")
        reason = sentence_of(error[: found.start()] if found else error)
        names = [key_of(".".join(place.split(".")[:size])) for size in (2, 1)]
        self.add_error(next((name for name in names if name in self.fields), None), reason)


def initial_of(mapping: Plain[str, Any]) -> dict[str, Any]:
    """What the form shows for a mapping."""
    fields: dict[str, Any] = dict(mapping.get("fields") or {})
    initial: dict[str, Any] = {
        name: mapping[name] for name in ("source", "zone", "date_only") if mapping.get(name)
    }
    initial["dates"] = order_of(mapping.get("formats") or ()) or AS_BEFORE
    for asked in ASKED:
        head, _dot, tail = asked.name.partition(".")
        part = fields.get(head) or {}
        initial |= _inputs(key_of(asked.name), (part.get(tail) if tail else part) or {})
    kind = fields.get("kind") or {}
    initial["kind"] = (
        _COLUMN + kind["column"] if kind.get("column") else f"={kind.get('constant', 'delivery')}"
    )
    for name, column in zip(("reference", "reference_more"), mapping.get("reference") or ()):  # noqa: B905 (at most two are shown)
        initial[name] = _COLUMN + column
    for name in ("withdrawn", "failed"):
        initial |= _ending(name, mapping.get(name) or {})
    for skip in mapping.get("skip") or ():
        initial["skip"] = _COLUMN + skip["column"]
    return initial


def is_expressible(mapping: Plain[str, Any], form: MappingForm) -> bool:
    """Whether the form says all that the mapping says: then it can be edited there."""
    bound = MappingForm(
        {name: form[name].value() or "" for name in form.fields},
        sample=form._sample,
        zones=[str(mapping.get("zone", ""))],
        proposed=dict(mapping),
    )
    again = bound.mapping()
    if again is None:
        return False
    ignored: dict[str, Any] = {"delimiter": None, "formats": []}
    wanted = msgspec.to_builtins(msgspec.convert(mapping, Mapping))
    return bool(msgspec.to_builtins(again) | ignored == wanted | ignored)


def _inputs(key: str, field: Plain[str, Any]) -> dict[str, Any]:
    if field.get("column") is not None:
        return {key: _COLUMN + field["column"]}
    text = field.get("template") if field.get("template") is not None else field.get("constant")
    if text is None:
        return {}
    return {key: _SAME, f"{key}_text": str(text).lower() if isinstance(text, bool) else str(text)}


def _ending(name: str, ending: Plain[str, Any]) -> dict[str, Any]:
    if not ending:
        return {}
    at = ending["at"]
    return {
        f"{name}_column": _COLUMN + ending["column"] if ending.get("column") else "",
        f"{name}_values": ", ".join(ending.get("values") or ()),
        f"{name}_at": at if isinstance(at, str) else _COLUMN + at["column"],
        f"{name}_by": ending.get("by") or "customer",
    }


def _with(names: list[str], one: str) -> list[str]:
    return names if not one or one in names else [one, *names]
