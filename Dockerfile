# The site, its worker and its clock: one image, three commands (docker-compose.yml).
FROM python:3.11-slim AS packages

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY .requirements/run.txt /tmp/run.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/run.txt

FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin promisegap \
    && install -d -o promisegap -g promisegap /var/lib/promisegap
COPY --from=packages /opt/venv /opt/venv
COPY . /srv
WORKDIR /srv
# The two of MALLOC give the memory of large bodies back to the system when they are done with.
ENV PATH=/opt/venv/bin:$PATH \
    MALLOC_MMAP_THRESHOLD_=262144 \
    MALLOC_ARENA_MAX=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=promisegap.settings \
    DATA_DIR=/var/lib/promisegap \
    STATIC_ROOT=/opt/static
# The key signs nothing: it only lets the settings be read while the image is built.
RUN SECRET_KEY=only-while-the-image-is-built-0123456789 \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /srv

USER promisegap
EXPOSE 8000
# Workers are processes, threads wait for PostgreSQL; a proxy that buffers requests stands in front.
CMD ["granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "0.0.0.0", \
     "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
     "--respawn-failed-workers", "--workers-kill-timeout", "10", "promisegap.wsgi:application"]
