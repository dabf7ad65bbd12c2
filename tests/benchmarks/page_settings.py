"""The product's settings, with a clock around each request that tells what it took."""

from promisegap.settings import *  # noqa: F403
from promisegap.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["tests.benchmarks.timing.timed", *_MIDDLEWARE]
