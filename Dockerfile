# docker build -t hipaa-guard . && docker run --rm -v "$PWD:/work:ro" hipaa-guard scan terraform infra
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /source
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt \
    && python -m venv --without-pip /opt/hipaa-guard \
    && /opt/build/bin/pip --python /opt/hipaa-guard install --require-hashes --only-binary :all: -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY policies policies
COPY reports reports
COPY docs/hipaa-guard.1 docs/
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /opt/wheels . \
    && /opt/build/bin/pip --python /opt/hipaa-guard install --no-deps --no-index --find-links /opt/wheels hipaa-guard-cloud

# No git: --baseline FILE compares, --baseline-ref does not.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
COPY --from=build /opt/hipaa-guard /opt/hipaa-guard
ENV PATH=/opt/hipaa-guard/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["hipaa-guard"]
