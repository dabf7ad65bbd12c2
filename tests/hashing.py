"""Passwords of tests, which nobody tries to guess."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class FewRounds(PBKDF2PasswordHasher):
    """The product's own way, but for the million rounds that make guessing slow: three of them for
    the people of each page's test are half of its time."""

    iterations = 1
