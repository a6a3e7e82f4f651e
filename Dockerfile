# One image for the site, the live stream, the worker and beat; docker-compose.yml says which one a container is.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --create-home --uid 1000 skileez
WORKDIR /srv/skileez

COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt
COPY . .

# The secrets of the build are for reading the settings only and open nothing.
RUN ENV_FILE=deploy/env.example \
    SECRET_KEY=build-only-0a1b2c3d4e5f6g7h8i9j-build-only-0a1b2c3d4e5f6g7h8i9j \
    STRIPE_SECRET_KEY=sk_test_build STRIPE_WEBHOOK_SECRET=whsec_build STRIPE_CONNECT_WEBHOOK_SECRET=whsec_build \
    MFA_KEYS=build-only-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o50= \
    python manage.py collectstatic --noinput \
    && mkdir /srv/media && chown skileez /srv/media

USER skileez
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--workers=2", "--blocking-threads=4", "skileez.wsgi:application"]
