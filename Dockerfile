# The image of sealgate: Python, the package with its compiled policies, and the policies' source for an OPA server.
#   docker build --tag sealgate:0.1.0 .
# PYTHON_DIGEST (sha256:...) pins the base beyond its tag; PIP_INDEX_URL names an index of your own.
ARG PYTHON_TAG=3.11.14-slim-bookworm
ARG PYTHON_DIGEST=

FROM python:${PYTHON_TAG}${PYTHON_DIGEST:+@${PYTHON_DIGEST}} AS build
ARG PIP_INDEX_URL
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY webhook webhook
# Without pip of its own: nothing can be installed into it later. The bytecode is written now, the root is read-only then.
RUN python -m venv --without-pip /opt/sealgate \
    && python -m pip --python /opt/sealgate/bin/python install --no-cache-dir --compile '.[aws,opa,tls]'
COPY policies/sealgate policies/sealgate
RUN find policies -name '*_test.rego' -delete

FROM python:${PYTHON_TAG}${PYTHON_DIGEST:+@${PYTHON_DIGEST}}
LABEL org.opencontainers.image.title="sealgate" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/sealgate /opt/sealgate
COPY --from=build /src/policies /usr/share/sealgate/policies
ENV PATH=/opt/sealgate/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# A number, so that Kubernetes can tell that it is not root.
USER 65532:65532
WORKDIR /
EXPOSE 8080
ENTRYPOINT ["sealgate"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
