"""The first admin of an installation: by a one-time link, so that nobody else on the network is
quicker, or by a command."""

import hashlib
import hmac
import secrets

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from interactions.installation import store
from interactions.models import Installation, Membership

_LOCK = 7417
MAX_NAME = 150


class AdminRefused(Exception):
    """It cannot be made; `field` is what is wrong, empty where the moment is over."""

    def __init__(self, field: str, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.field = field
        self.reasons = reasons


def account_exists() -> bool:
    """Whether anybody can sign in."""
    return User.objects.exists()


def new_setup_token() -> str:
    """A token for the one-time link; an older one ends with it. Only its hash is kept."""
    token = secrets.token_urlsafe(24)
    store(setup_hash=_hash(token))
    return token


def token_opens(token: str) -> bool:
    """Whether the token is the one that was made last, and there is no account yet."""
    row = Installation.objects.filter(pk=Installation.ONLY).first()
    if row is None or not row.setup_hash or account_exists():
        return False
    return hmac.compare_digest(row.setup_hash, _hash(token))


def make_first_admin(name: str, password: str, *, email: str = "") -> User:
    """Make the account; the link is worth nothing from then on.

    Raises: AdminRefused.
    """
    user = User(username=name, email=email, is_staff=True, is_superuser=True)
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise AdminRefused("username", list(error.messages)) from None
    if not name or len(name) > MAX_NAME:
        raise AdminRefused("username", [_("Give a name of 1 to 150 characters.")])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AdminRefused("password", list(error.messages)) from None
    user.set_password(password)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if account_exists():
            raise AdminRefused("", [_("There is an account already; sign in.")])
        user.save()
        Membership.objects.create(user=user, team=None, role=Membership.Role.ADMIN)
        store(setup_hash="")
    return user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
