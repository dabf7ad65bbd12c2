"""Forms of teams, touchpoints, segments, people and one's own account. What a name may be is for
the services to say."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interactions.models import Membership
from promises.services.settings.refusals import SettingRefused

_MOST_TYPED = 1_000


def _line(label: Any, *, required: bool = True, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=_MOST_TYPED, **more)


class SettingForm(forms.Form):
    """A form whose service may refuse a field."""

    def refuse(self, refused: SettingRefused) -> None:
        """Put what the service refused beside its field."""
        self.refuse_all([refused])

    def refuse_all(self, faults: Iterable[SettingRefused]) -> None:
        """Put all that the service refused beside its fields."""
        for refused in faults:
            field = refused.field if refused.field in self.fields else None
            self.add_error(field, refused.reason)


class PartyForm(SettingForm):
    """A new team or touchpoint."""

    name = _line(_("Name"))
    reference = _line(
        _("Id"),
        required=False,
        help_text=_("What programs send. Empty: it is made of the name. It never changes."),
    )


class NameForm(SettingForm):
    """Another name."""

    name = _line(_("Name"))


class MemberForm(SettingForm):
    """Somebody for a team."""

    person = forms.ChoiceField(label=_("Person"))
    role = forms.ChoiceField(label=_("Role here"))

    def __init__(
        self, data: Any, *, people: list[tuple[str, str]], roles: list[tuple[str, str]]
    ) -> None:
        super().__init__(data, initial={"role": Membership.Role.AGENT.value})
        _choose(self, "person", [("", "---------"), *people])
        _choose(self, "role", roles)


class InviteForm(SettingForm):
    """A new account."""

    username = _line(_("Name to sign in with"), help_text=_("Such as ada or ada@example.com."))
    name = _line(_("Name"), required=False, help_text=_("As colleagues know this person."))
    email = _line(_("E-mail address"), required=False, help_text=_("For alerts and digests."))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Membership.Role.choices,
        initial=Membership.Role.AGENT.value,
        help_text=_("Agents see their teams. Managers and admins see all; admins let people in."),
    )
    team = forms.ChoiceField(
        label=_("Team"), required=False, help_text=_("Needed for agents. More teams later.")
    )

    def __init__(self, data: Any = None, *, teams: list[tuple[str, str]]) -> None:
        super().__init__(data)
        _choose(self, "team", [("", _("none")), *teams])


class PersonForm(SettingForm):
    """Name and address of an account."""

    name = _line(_("Name"), required=False)
    email = _line(_("E-mail address"), required=False)


class RoleForm(SettingForm):
    """What somebody may do everywhere."""

    role = forms.ChoiceField(
        label=_("Role for all teams"),
        required=False,
        choices=[
            ("", _("none: what the teams below say")),
            (Membership.Role.MANAGER.value, _("manager of everything")),
            (Membership.Role.ADMIN.value, _("admin")),
        ],
    )


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
    field.choices = choices
