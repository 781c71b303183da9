# docker build -t hipaa-guard . && docker run --rm -v "$PWD:/work:ro" hipaa-guard scan terraform infra
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY src src
COPY policies policies
COPY reports reports
RUN python -m venv /opt/hipaa-guard \
    && /opt/hipaa-guard/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .

# No git: --baseline FILE compares, --baseline-ref does not.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
COPY --from=build /opt/hipaa-guard /opt/hipaa-guard
ENV PATH=/opt/hipaa-guard/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["hipaa-guard"]
