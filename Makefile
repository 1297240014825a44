# Everything that a developer and CI do. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
PY := .venv/bin/python
OPA := .tools/bin/opa
CHART_TOOLS := .tools/bin/helm .tools/bin/kubectl-validate .tools/bin/kube-score .tools/crds/done
CONTROL_PLANE := .tools/bin/kube-apiserver .tools/bin/kubectl .tools/bin/etcd

# In this order: each may read what those before it have written.
GENERATORS := operations wire terraform_jobs kubernetes_jobs instance_storage condition_keys capabilities catalogue \
	traceability policies chart \
	$(patsubst webhook/sealgate/generate/%.py,%,$(wildcard webhook/sealgate/generate/openapi.py))

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: .venv/installed ## Show the main job: right and wrong requests, through the CLI and the service. Needs Python only.
	$(PY) demo/run.py

.PHONY: test
test: venv tools ## Run every test, of the policies and of the Python, with their coverage.
	$(PY) tests/rego_coverage.py
	$(OPA) eval --data policies --strict-builtin-errors --format discard data >/dev/null
	$(PY) -m pytest --cov --cov-report=term-missing:skip-covered

.PHONY: test-kubernetes
test-kubernetes: venv tools $(CONTROL_PLANE) ## Run the service and the chart against a real Kubernetes API server and etcd.
	$(PY) -m pytest -m kubernetes tests/kubernetes

.PHONY: check
check: venv tools chart ## Check format, lint, types, and that every generated file is up to date.
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	$(OPA) fmt --fail --diff policies
	$(OPA) check --strict --capabilities .ci/capabilities.json policies
	$(OPA) check --strict --schema schemas/input.json --ignore conftest.rego policies
	.tools/bin/regal lint policies
	.venv/bin/hadolint --failure-threshold style Dockerfile
	failed=0; for generator in $(GENERATORS); do $(PY) -m sealgate.generate.$$generator --check || failed=1; done; exit $$failed

.PHONY: chart
chart: venv tools ## Check the Helm chart with each of its files of values: lint, the API's own schemas, kube-score.
	$(PY) tests/chart_checks.py

.PHONY: generate
generate: venv tools ## Write every generated file: tables, catalogue, RULES.md, TRACEABILITY.md, compiled policies.
	for generator in $(GENERATORS); do $(PY) -m sealgate.generate.$$generator; done

.PHONY: policies
policies: venv tools ## Compile the policies to WebAssembly, and nothing else.
	$(PY) -m sealgate.generate.policies

.PHONY: bench
bench: venv tools ## Measure both engines, the webhook over TLS, and the CLI's cold start.
	for benchmark in benchmarks/*.py; do $(PY) $$benchmark; done

.PHONY: format
format: venv tools ## Format Python and Rego.
	$(PY) -m ruff format
	$(PY) -m ruff check --fix
	$(OPA) fmt --write policies

.PHONY: venv
venv: .venv/installed-dev ## Set up .venv with sealgate and what its tests and checks need.

.PHONY: tools
tools: .tools/bin/opa .tools/bin/conftest .tools/bin/regal $(CHART_TOOLS) ## Build the tools pinned in .ci/tools into .tools/bin. Needs Go.

.PHONY: packages
packages: ## Install Debian's nginx with njs, for the tests of the gateway. Needs root; without them they are skipped.
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx libnginx-mod-http-js

.PHONY: clean
clean: ## Remove the virtual environment, the tools and every cache.
	rm -rf .venv .tools .cache .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -m venv .venv

# The demo's share: what sealgate itself needs.
.venv/installed: pyproject.toml | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

# Dependency groups need a newer pip than Python 3.11 brings.
.venv/installed-dev: pyproject.toml | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[opa,tls]' --group dev
	touch .venv/installed $@

.tools/bin/opa .tools/bin/conftest: .ci/tools/go.sum
	cd .ci/tools && go build -trimpath -ldflags='-s -w' -o $(CURDIR)/$@ github.com/open-policy-agent/$(@F)
	touch $@

.tools/bin/regal: .ci/tools/regal/go.sum
	cd .ci/tools/regal && go build -trimpath -ldflags='-s -w' -o $(CURDIR)/$@ github.com/open-policy-agent/regal
	touch $@

# Without these, helm takes itself for a client of Kubernetes 1.20 wherever it asks no server.
HELM_KUBERNETES := -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=36

.tools/bin/helm: .ci/tools/chart/go.sum
	cd .ci/tools/chart && go build -trimpath -ldflags='-s -w $(HELM_KUBERNETES)' -o $(CURDIR)/$@ helm.sh/helm/v3/cmd/helm
	touch $@

.tools/bin/kubectl-validate: .ci/tools/kubectl-validate/go.sum
	cd .ci/tools/kubectl-validate && go build -trimpath -ldflags='-s -w' -o $(CURDIR)/$@ sigs.k8s.io/kubectl-validate
	touch $@

.tools/bin/kube-score: .ci/tools/kube-score/go.sum
	cd .ci/tools/kube-score && go build -trimpath -ldflags='-s -w' -o $(CURDIR)/$@ github.com/zegl/kube-score/cmd/kube-score
	touch $@

# Of cert-manager and the Prometheus operator, the kinds that the chart makes.
.tools/crds/done: .ci/tools/crds/go.sum
	mkdir -p $(@D)
	cd .ci/tools/crds && go mod download
	cd .ci/tools/crds && install -m 644 \
		"$$(go list -m -f '{{.Dir}}' github.com/cert-manager/cert-manager)"/deploy/crds/cert-manager.io_{certificates,clusterissuers,issuers}.yaml \
		"$$(go list -m -f '{{.Dir}}' github.com/prometheus-operator/prometheus-operator)"/example/prometheus-operator-crd/monitoring.coreos.com_{prometheusrules,servicemonitors}.yaml \
		$(CURDIR)/$(@D)
	touch $@

# One build for the three: they share most packages. What the API server says of its own version is set as its release does.
$(CONTROL_PLANE) &: .ci/tools/kubernetes/go.sum
	cd .ci/tools/kubernetes && version=$$(go list -m -f '{{.Version}}' k8s.io/kubernetes) \
		&& CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X k8s.io/component-base/version.gitVersion=$$version" \
			-o $(CURDIR)/.tools/bin/ tool
	mv .tools/bin/server .tools/bin/etcd
	touch $(CONTROL_PLANE)
