"""Uploads over the limit are not even kept for a moment."""

from typing import IO

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from promises.services.uploads.storing import upload_limit

# The form around the file has some bytes of its own.
FORM_BYTES = 100_000


class LimitedUpload(FileUploadHandler):
    """The first of the upload handlers: reads past a file that is too large."""

    is_too_large = False

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Look at the length that the request names."""
        self.is_too_large = content_length > upload_limit() + FORM_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand it on, or leave the file out.

        Raises: SkipFile.
        """
        if self.is_too_large:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers have it."""
        return
