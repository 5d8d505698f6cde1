# syntax=docker/dockerfile:1
# The pages, then an environment with the wheel, then an image without Node, uv or compiler. Built by compose.yaml, or
#   docker build -t livefloor:0.1.0 .
# An image of one's own in the place of a base, or one by its digest: --build-arg PYTHON=python:3.13-slim-bookworm@sha256:…

ARG NODE=node:22-bookworm-slim
ARG PYTHON=python:3.13-slim-bookworm

FROM ${NODE} AS pages
WORKDIR /build/web
COPY web ./
RUN --mount=type=cache,target=/root/.npm npm ci --loglevel=error && npm run build

FROM ${PYTHON} AS environment
# uv takes the Python that is here, which is the one of the last image: the environment is copied there as it stands.
ENV UV_PROJECT_ENVIRONMENT=/opt/livefloor UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /build
RUN --mount=type=cache,target=/root/.cache/pip pip install --disable-pip-version-check uv==0.13.9
# Alone first, so that a change of the code does not fetch them again.
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-default-groups --extra otel --extra sentry --no-install-project
COPY README.md LICENSE CHANGELOG.md ./
COPY src src
COPY --from=pages /build/src/livefloor/pages src/livefloor/pages
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-default-groups --extra otel --extra sentry --no-editable

FROM ${PYTHON}
LABEL org.opencontainers.image.title="livefloor" \
      org.opencontainers.image.description="The live back office of places where people work together" \
      org.opencontainers.image.licenses="Apache-2.0"
# A number and no name below: Kubernetes must see that it is not root's. What a volume is mounted over gives it its owner.
RUN groupadd --gid 10001 livefloor \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin livefloor \
    && install -d -m 0700 -o livefloor -g livefloor /data /data/backups
COPY --from=environment /opt/livefloor /opt/livefloor
ENV PATH=/opt/livefloor/bin:$PATH PYTHONDONTWRITEBYTECODE=1 LIVEFLOOR_ENV=production LIVEFLOOR_DATA=/data
USER 10001:10001
# All that is written goes here and to /tmp: the rest may be mounted read-only.
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["livefloor"]
CMD ["serve", "laundry", "--host", "0.0.0.0", "--port", "8000"]
