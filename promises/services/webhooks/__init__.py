"""Webhooks out, by the Standard Webhooks specification: endpoints, secrets, delivery, replay."""

from promises.projection.outbox import PayloadTooLarge, publish

__all__ = ["PayloadTooLarge", "publish"]
