"""A database that is away, told apart from a mistake in what was asked of it."""

from django.db import DatabaseError, InterfaceError, OperationalError


def database_is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be reached, is going down, or holds a lock.

    A server that dies while a statement or a COMMIT is under way is reported by libpq without a
    code, which psycopg2 raises as the bare base class.
    """
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
