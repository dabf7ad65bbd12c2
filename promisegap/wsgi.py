"""The entry point of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promisegap.settings")

application = get_wsgi_application()

# A large batch makes 100,000 objects that all go again with its answer: looking for circles among
# them, and among all that was loaded at the start, would take a fifth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(100_000, 20, 20)
