"""Imports that begin with an upload: described on a page or over the API, run by a worker in
chunks, cancelled, taken up after a crash, undone."""
