"""Forms that set a password: what is wrong with it stands beside it, not beside its repetition."""

from typing import Any

from django.contrib.auth import forms as auth


class _BesideTheFirst:
    """Django puts what is wrong with a new password under the second field."""

    def validate_password_for_user(self, user: Any, password_field_name: str = "") -> None:
        """Look at the first field: the second says only whether they differ."""
        super().validate_password_for_user(user, "new_password1")  # type: ignore[misc]


class PasswordSetForm(_BesideTheFirst, auth.SetPasswordForm):  # type: ignore[type-arg] # not at run time
    """A password for who has none, or lost it."""


class PasswordChangeForm(_BesideTheFirst, auth.PasswordChangeForm):
    """Another password, by who knows the old one."""
