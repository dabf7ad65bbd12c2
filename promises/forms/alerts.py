"""Forms of alert rules and of a person's own notifications."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from interactions.installation import installation_zone
from interactions.models import Membership, Team
from interactions.moments import zone_names
from promises.models import AlertRule, Channel, Crossing, NotificationSettings
from promises.models.alert import MOST_DAYS_OVER
from promises.models.kinds import Kind
from promises.services.alerts.channels import offered
from promises.services.alerts.rules import teams_named

if TYPE_CHECKING:
    RuleModelForm = forms.ModelForm[AlertRule]
    SettingsModelForm = forms.ModelForm[NotificationSettings]
else:
    RuleModelForm = SettingsModelForm = forms.ModelForm

STAKES = [("0", _("any")), ("1", _("1 or more")), ("2", _("2 or more")), ("4", _("4"))]
WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


def _checks(label: Any, choices: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **more
    )


class AlertRuleForm(RuleModelForm):
    """One rule."""

    thresholds = _checks(
        _("When"),
        Crossing.Threshold.choices,
        error_messages={"required": _("Choose when it tells, at least once.")},
    )
    days_over = forms.IntegerField(
        label=_("Full days over, at most"),
        min_value=1,
        max_value=MOST_DAYS_OVER,
        initial=1,
        help_text=_("Where each full day over is ticked: up to and with this day."),
    )
    kinds = _checks(_("Kinds"), Kind.choices, required=False, help_text=_("None: all kinds."))
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams of the promise"),
        queryset=Team.objects.none(),
        required=False,
        help_text=_("None: all teams."),
    )
    least_stake = forms.TypedChoiceField(label=_("Stake"), choices=STAKES, coerce=float)
    team = forms.ModelChoiceField(
        label=_("Which team"), queryset=Team.objects.none(), required=False
    )
    role = forms.ChoiceField(
        label=_("Which role"), choices=[("", "---------"), *Membership.Role.choices], required=False
    )
    person = forms.ModelChoiceField(
        label=_("Which person"), queryset=User.objects.none(), required=False
    )
    channels = _checks(
        _("Through what"),
        (),
        error_messages={"required": _("Choose at least one way to be told.")},
    )

    class Meta:
        model = AlertRule
        fields = (
            "name",
            "enabled",
            "thresholds",
            "days_over",
            "kinds",
            "teams",
            "least_stake",
            "audience",
            "team",
            "role",
            "person",
            "channels",
        )
        labels = {"audience": _("Whom"), "enabled": _("This rule is on")}  # noqa: RUF012
        widgets = {"name": forms.TextInput}  # noqa: RUF012
        error_messages = {"name": {"required": _("Give the rule a name.")}}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 200  # type: ignore[attr-defined]
        people = User.objects.filter(is_active=True, memberships__isnull=False).distinct()
        self._field("person", forms.ModelChoiceField).queryset = people.order_by("username")
        self._field("teams", forms.ModelMultipleChoiceField).queryset = self._teams()
        self._field("team", forms.ModelChoiceField).queryset = self._teams()
        self._field("audience", forms.ChoiceField).choices = AlertRule.Audience.choices
        known = dict(offered())
        # A rule keeps a channel that is off at the moment.
        for channel in self.instance.channels or ():
            known.setdefault(channel, _("%(name)s (off)") % {"name": Channel(channel).label})
        self._field("channels", forms.MultipleChoiceField).choices = list(known.items())
        self.initial["least_stake"] = f"{self.instance.least_stake:g}"

    def _teams(self) -> QuerySet[Team]:
        """Those that are not archived, and those that the rule names already."""
        chosen = teams_named(self.instance)
        return Team.objects.filter(Q(archived_at=None) | Q(pk__in=chosen)).order_by("name", "pk")

    def clean_name(self) -> str:
        """A name of reasonable length."""
        name = str(self.cleaned_data["name"]).strip()
        if len(name) > 200:
            raise forms.ValidationError(_("At most 200 characters."))
        return name

    def clean(self) -> dict[str, Any]:
        """The audience that is chosen is named; what names another one is dropped."""
        cleaned = super().clean() or {}
        audience = cleaned.get("audience")
        for name, empty in (("team", None), ("role", ""), ("person", None)):
            if audience != name:
                cleaned[name] = empty
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Choose one."))
        return cleaned

    def _field(self, name: str, kind: type[Any]) -> Any:
        field = self.fields[name]
        assert isinstance(field, kind)  # noqa: S101 (declared above)
        return field


class NotificationForm(SettingsModelForm):
    """How I want to be told."""

    zone = forms.ChoiceField(label=_("My time zone"), required=False)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_until = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    digest = forms.ChoiceField(
        label=_("Digest by e-mail, at 08:00"),
        choices=NotificationSettings.Digest.choices,
        help_text=_("What is overdue, due today, broken yesterday."),
    )
    digest_weekday = forms.TypedChoiceField(
        label=_("Weekly digest on"), choices=WEEKDAYS, coerce=int
    )

    class Meta:
        model = NotificationSettings
        fields = (
            "alerts_by_email",
            "zone",
            "quiet_from",
            "quiet_until",
            "digest",
            "digest_weekday",
        )
        labels = {"alerts_by_email": _("Send me alerts by e-mail")}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        default = _("the installation's (%(zone)s)") % {"zone": installation_zone().key}
        field.choices = [("", default), *((name, name) for name in zone_names())]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends, and they differ."""
        cleaned = super().clean() or {}
        ends = {name: cleaned.get(name) for name in ("quiet_from", "quiet_until")}
        for name, value in ends.items():
            if value is None and any(ends.values()) and name not in self.errors:
                self.add_error(name, _("Both times are needed, or none."))
        start, end = ends.values()
        if start is not None and start == end:
            said = _("Hours that end when they begin never begin. Choose another time.")
            self.add_error("quiet_until", said)
        return cleaned

    def keep(self, *, now: datetime) -> NotificationSettings:
        """Save; a digest that was just asked for begins with its next moment."""
        wanted = self.save(commit=False)
        if {"digest", "digest_weekday", "zone"} & set(self.changed_data):
            wanted.digest_since = now
        wanted.save()
        return wanted
