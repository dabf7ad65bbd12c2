"""The site's settings on the servers of this test run."""

from tests.servers import prepare_environment

prepare_environment()

from promisegap.settings import *  # noqa: E402, F403 - only now do the variables stand

PASSWORD_HASHERS = ["tests.hashing.FewRounds"]
