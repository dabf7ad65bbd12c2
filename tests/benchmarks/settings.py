"""The product's settings, with two empty views beside its own for comparison."""

from promisegap.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
