"""Bring an installation to where somebody can sign in."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from interactions.changes import NOBODY
from interactions.first_admin import (
    AdminRefused,
    account_exists,
    make_first_admin,
    new_setup_token,
)
from promisegap.first_run import migrate
from promises.services.installing import InstallationRefused, store_company


class Command(BaseCommand):
    """`manage.py setup`."""

    help = (
        "Make the tables, and print the one-time link with which the first admin lets themself in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how the admin is made."""
        parser.add_argument(
            "--noinput",
            action="store_true",
            help="make the admin at once: ADMIN_NAME, ADMIN_EMAIL, ADMIN_PASSWORD, COMPANY",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what to do next; with an account there is nothing to do."""
        migrate(self.stdout.write)
        if account_exists():
            self.stdout.write("There is an account already; sign in.")
        elif options["noinput"]:
            self._make_admin()
        else:
            address = f"{settings.SITE_URL}{reverse('welcome')}?token={new_setup_token()}"
            self.stdout.write(f"Make the first admin here, once: {address}")

    def _make_admin(self) -> None:
        """Raises: CommandError."""
        password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(12)
        try:
            make_first_admin(settings.ADMIN_NAME, password, email=settings.ADMIN_EMAIL)
            if settings.COMPANY:
                store_company(settings.COMPANY, by=NOBODY)
        except AdminRefused as refused:
            names = {"username": "ADMIN_NAME", "password": "ADMIN_PASSWORD"}
            name = names.get(refused.field, "The admin")
            raise CommandError(f"{name}: {' '.join(refused.reasons)}") from None
        except InstallationRefused as refused:
            raise CommandError(f"COMPANY: {refused.reason}") from None
        self.stdout.write(f"Sign in as {settings.ADMIN_NAME}.")
        if not settings.ADMIN_PASSWORD:
            self.stdout.write(f"The password is {password}; it is not shown again.")
