"""What stands between started servers and a site that can be used; done once, quick afterwards."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from interactions.models import Event, Membership, Tombstone

ADMIN = "admin"
Say = Callable[[str], None]


def migrate(say: Say) -> None:
    """Bring the tables up to date, naming each migration."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Making the tables ({len(plan)} migrations)")
        call_command("migrate", interactive=False, verbosity=1)


def collect_static(say: Say) -> None:
    """Copy, hash and compress what browsers load, if anything of it changed."""
    if not settings.STATIC_HASHES:
        return
    note = settings.DATA_DIR / "staticfiles.digest"
    digest = _static_digest()
    if settings.STATIC_ROOT.is_dir() and note.exists() and note.read_text() == digest:
        return
    say("Preparing style sheets and scripts")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    note.write_text(digest)


def load_sample(say: Say) -> None:
    """Load the sample into an empty ledger, once; an interrupted load is taken up again."""
    begun: Path = settings.DATA_DIR / "sample.begun"
    if not begun.exists() and (Event.objects.exists() or Tombstone.objects.exists()):
        return
    say("Loading the sample")
    begun.touch()
    call_command("load_sample")
    begun.unlink()


def create_admin() -> str | None:
    """Create the first admin where there is no user yet, and return the password made for it."""
    with transaction.atomic():
        if User.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        user = User.objects.create_superuser(ADMIN, email="", password=password)
        Membership.objects.create(user=user, team=None, role="admin")
    return password


def _static_digest() -> str:
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            size, changed = storage.size(path), storage.get_modified_time(path)
            digest.update(f"{path} {size} {changed.isoformat()}\n".encode())
    return digest.hexdigest()
