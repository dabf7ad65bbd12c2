"""`manage.py make_key --scope read`: a key for a REST client, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interactions.keys import make_key
from interactions.models import ApiKey, Source


class Command(BaseCommand):
    """Make an API key."""

    help = "Make an API key. It is printed once and stored as a hash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Scopes, name, source."""
        parser.add_argument(
            "--scope", action="append", required=True, choices=ApiKey.Scope.values, dest="scopes"
        )
        parser.add_argument("--name", default="made on the command line")
        parser.add_argument("--source", help="the source under which the key writes, e.g. /shop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the key and print it."""
        source = None
        if options["source"]:
            source, _ = Source.objects.get_or_create(name=options["source"])
        elif any(scope.startswith("events:write") for scope in options["scopes"]):
            raise CommandError("A key that writes needs --source, the name under which it writes.")
        _, key = make_key(name=options["name"], scopes=options["scopes"], source=source)
        self.stdout.write(key)
        self.stderr.write("Keep it now: only its hash is stored, it cannot be shown again.")
