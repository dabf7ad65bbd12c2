"""Forms that set a password: what is wrong with it stands beside it, not beside its repetition."""

from typing import Any

from django import forms
from django.contrib.auth import forms as auth

from interactions.sign_in import begin_attempt, succeeded, wait_said


class _BesideTheFirst:
    """Django puts what is wrong with a new password under the second field."""

    def validate_password_for_user(self, user: Any, password_field_name: str = "") -> None:
        """Look at the first field: the second says only whether they differ."""
        super().validate_password_for_user(user, "new_password1")  # type: ignore[misc]


class PasswordSetForm(_BesideTheFirst, auth.SetPasswordForm):  # type: ignore[type-arg] # not at run time
    """A password for who has none, or lost it."""


class PasswordChangeForm(_BesideTheFirst, auth.PasswordChangeForm):
    """Another password, by who knows the old one. Shape: `wait` are the seconds that somebody has
    to wait first."""

    wait = 0

    def __init__(self, user: Any, data: Any = None, *, address: str = "") -> None:
        super().__init__(user, data)
        self._address = address

    def clean_old_password(self) -> str:
        """The old password.

        Raises: ValidationError where it is another, or was tried too often.
        """
        name = self.user.get_username()
        self.wait = begin_attempt(name, self._address)
        if self.wait:
            raise forms.ValidationError(wait_said(self.wait), code="wait")
        known: str = super().clean_old_password()
        succeeded(name, self._address)
        return known
