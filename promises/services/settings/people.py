"""Accounts of people: invited, renamed, deactivated; and what each may do.

Who is an admin decides who gets in, so that the last active one can neither be deactivated nor
demoted: whoever takes something away waits for the others, and looks at what would be left.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from interactions.changes import Area, By, record_change
from interactions.models import Membership, Team
from promises.services.settings.refusals import SettingRefused, checked_name

Role = Membership.Role
MAX_USERNAME = 150
_USERNAME = re.compile(r"[\w.@+-]+")
_ADMINS_LOCK = 7421


def invite(
    *, username: str, name: str = "", email: str = "", role: str, team: Team | None, by: By
) -> User:
    """Make an account that nobody can sign in to before its link was used.

    Shape: an agent needs a team; managers and admins see all teams.
    Raises: SettingRefused.
    """
    username, email = _checked_username(username), _checked_email(email)
    name = checked_name(name) if name.strip() else ""
    _check_role(role, team)
    try:
        with transaction.atomic():
            person = User.objects.create_user(username, email=email, first_name=name)
            Membership.objects.create(user=person, team=team, role=role)
            after = {"name": name, "email": email, **_said(role, team)}
            record_change(Area.PERSON, username, "invited", by=by, after=after)
    except IntegrityError:
        said = _("Somebody has this name already; capital letters make no difference.")
        raise SettingRefused("username", said) from None
    return person


def faults_of(
    *, name: str, email: str, username: str | None = None, role: str = "", team: Team | None = None
) -> list[SettingRefused]:
    """All that is wrong with what was given of a person, each fault with its field.

    Shape: `username` None is an account that is there, whose role is not asked about.
    """
    checks: list[Callable[[], object]] = []
    if username is not None:
        checks += [partial(_checked_username, username), partial(_check_role, role, team)]
    if name.strip():
        checks.append(partial(checked_name, name))
    checks.append(partial(_checked_email, email))
    found = []
    for check in checks:
        try:
            check()
        except SettingRefused as refused:
            found.append(refused)
    return found


def password_link(person: User, *, by: By) -> tuple[str, str]:
    """The two parts of a link with which a person sets a password, once.

    Raises: SettingRefused for who may not sign in.
    """
    if not person.is_active:
        raise SettingRefused("", _("This account is deactivated. Activate it first."))
    record_change(Area.PERSON, person.get_username(), "got a link to set a password", by=by)
    code = urlsafe_base64_encode(force_bytes(person.pk))
    return code, default_token_generator.make_token(person)


def describe(person: User, *, name: str, email: str, by: By) -> None:
    """Change a person's name and e-mail address.

    Raises: SettingRefused.
    """
    name, email = (checked_name(name) if name.strip() else ""), _checked_email(email)
    before = {"name": person.first_name, "email": person.email}
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(first_name=name, email=email)
        after = {"name": name, "email": email}
        record_change(
            Area.PERSON, person.get_username(), "changed", by=by, before=before, after=after
        )


def set_active(person: User, *, active: bool, by: By) -> None:
    """Deactivate an account, which ends its sessions, or activate it.

    Raises: SettingRefused for the last active admin.
    """
    with _one_admin_stays():
        changed = User.objects.filter(pk=person.pk, is_active=not active).update(is_active=active)
        if changed:
            action = "activated" if active else "deactivated"
            record_change(Area.PERSON, person.get_username(), action, by=by)


def set_role(person: User, *, role: str, by: By) -> None:
    """Make somebody an admin or manager of everything, or, with "", only what their teams say.

    Raises: SettingRefused for the last active admin.
    """
    if role not in ("", Role.MANAGER, Role.ADMIN):
        raise SettingRefused("role", _("There is no such role."))
    with _one_admin_stays():
        everywhere = Membership.objects.filter(user=person, team=None)
        before = {"role": everywhere.values_list("role", flat=True).order_by("role").first() or ""}
        everywhere.delete()
        if role:
            Membership.objects.create(user=person, team=None, role=role)
        _drop_powers(person)
        record_change(
            Area.PERSON,
            person.get_username(),
            "got another role",
            by=by,
            before=before,
            after={"role": role},
        )


def add_member(team: Team, person: User, *, role: str, by: By) -> None:
    """Put somebody in a team, or give who is in it another role there.

    Raises: SettingRefused, also for the last active admin.
    """
    if team.archived_at is not None:
        raise SettingRefused("person", _("This team is archived. Bring it back first."))
    _check_role(role, team)
    with _one_admin_stays(field="role"):
        known = Membership.objects.filter(user=person, team=team)
        before = {"role": known.values_list("role", flat=True).order_by("role").first() or ""}
        if before["role"] == role:
            raise SettingRefused("person", _("This person has this role here already."))
        known.delete()
        Membership.objects.create(user=person, team=team, role=role)
        _drop_powers(person)
        record_change(
            Area.MEMBER,
            f"{team.reference}: {person.get_username()}",
            "got another role" if before["role"] else "added",
            by=by,
            before=before,
            after={"role": role},
        )


def remove_member(membership: Membership, *, by: By) -> None:
    """Take somebody out of a team.

    Raises: SettingRefused for the last active admin.
    """
    team, person = membership.team, membership.user
    with _one_admin_stays():
        deleted, _rows = Membership.objects.filter(pk=membership.pk).delete()
        _drop_powers(person)
        if deleted:
            record_change(
                Area.MEMBER,
                f"{team.reference if team else ''}: {person.get_username()}",
                "removed",
                by=by,
                before={"role": membership.role},
            )


@contextmanager
def _one_admin_stays(*, field: str = "") -> Iterator[None]:
    """Take something away from somebody, unless nobody could let anybody in any more.

    Raises: SettingRefused.
    """
    admins = Membership.objects.filter(role=Role.ADMIN, user__is_active=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADMINS_LOCK])
        had_one = admins.exists()
        yield
        if had_one and not admins.exists():
            said = _("This is the last active admin. Make somebody else an admin first.")
            raise SettingRefused(field, said)


def _drop_powers(person: User) -> None:
    """Who is no admin any more has no power over the administration pages either."""
    if not Membership.objects.filter(user_id=person.pk, role=Role.ADMIN).exists():
        User.objects.filter(pk=person.pk).update(is_staff=False, is_superuser=False)


def _check_role(role: str, team: Team | None) -> None:
    if role not in Role.values:
        raise SettingRefused("role", _("There is no such role."))
    if role == Role.AGENT and team is None:
        raise SettingRefused("team", _("An agent needs a team."))
    if team is not None and team.archived_at is not None:
        raise SettingRefused("team", _("This team is archived."))


def _said(role: str, team: Team | None) -> dict[str, str]:
    return {"role": role, "team": team.reference if team else ""}


def _checked_username(given: str) -> str:
    username = given.strip()
    if not username:
        raise SettingRefused("username", _("A name is needed."))
    if len(username) > MAX_USERNAME or _USERNAME.fullmatch(username) is None:
        said = _("It may have letters, digits and @ . + - _, and at most 150 of them.")
        raise SettingRefused("username", said)
    if User.objects.filter(username__iexact=username).exists():
        said = _("Somebody has this name already; capital letters make no difference.")
        raise SettingRefused("username", said)
    return username


def _checked_email(given: str) -> str:
    email = given.strip()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        said = _("This is no e-mail address such as ada@example.com.")
        raise SettingRefused("email", said) from None
    return email
