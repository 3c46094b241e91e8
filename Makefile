# Obligor: set up, build, test, show.
#
#   make demo    everything from nothing to graded obligors, on simulated data
#   make test    everything from nothing to a tested build
#   make help    the other targets

SHELL := /usr/bin/env bash
SWIFT ?= swift
SOURCES := Sources Tests benchmarks/Sources Package.swift
OBLIGOR := .build/release/obligor
# Tests are optimised: the numerical ones take many times as long otherwise. `swift test` builds them quicker, for one
# suite.
TESTABLE := -Xswiftc -enable-testing
TESTS := -c release $(TESTABLE)
# More flags for the program; with $(TESTABLE) it shares its modules with the tests.
FLAGS :=

# Installs those of the packages in a list that are not there.
define install
missing=""; for package in $$(cat $(1)); do \
    dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'install ok installed' \
        || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
    echo "installing:$$missing"; \
    as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
    $$as_root apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $$missing; \
fi
endef

.DEFAULT_GOAL := help
.PHONY: help setup setup-browser build test validate demo check format lint bench clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

setup: ## install the Debian packages in .ci/debian-packages; does nothing when they are there
	@$(call install,.ci/debian-packages)

setup-browser: ## install the browser and checks that the tests of reports use; they are skipped without
	@$(call install,.ci/debian-packages-browser)
	@test -e .build/axe/axe_core_python/axe.min.js || { \
	    python3 -m pip download --quiet --no-deps --dest .build/axe axe-core-python==0.1.0 \
	    && python3 -m zipfile -e .build/axe/axe_core_python-0.1.0-py3-none-any.whl .build/axe; \
	} || echo "axe-core could not be fetched: the tests that need it are skipped"

build: setup ## build the command line, optimised, as .build/release/obligor
	$(SWIFT) build -c release $(FLAGS) --product obligor

test: setup ## build and run all tests
	$(SWIFT) build $(TESTS) --build-tests
	$(SWIFT) test $(TESTS) --skip-build

validate: setup ## simulate at full size whether tests hold their size and intervals their coverage; some twenty minutes
	$(SWIFT) build $(TESTS) --build-tests
	OBLIGOR_FULL_VALIDATION=1 $(SWIFT) test $(TESTS) --skip-build \
	    --filter 'ValidationSimulation|CalibratedClassifier|DefaultsBesidePeers|AdaptationStudy|MigrationSimulationStudy'

demo: build ## from the sample ledger to grades and pages: check, features, train, score, review, report; in runs/
	$(OBLIGOR) demo --ledger datasets/sample-ledger --out runs/demo

check: lint test build ## what a change must pass: format, lint, tests, optimised build

format: ## rewrite the sources in the project's format
	$(SWIFT) format --in-place --recursive $(SOURCES)

lint: ## fail on a source that is not in the project's format
	$(SWIFT) format lint --strict --recursive $(SOURCES)

bench: setup ## measure against the peers that are installed; see benchmarks/README.md
	$(SWIFT) build -c release --product obligor-bench
	$(SWIFT) build -c release --product obligor
	benchmarks/run
	benchmarks/ledger

clean: ## remove what was built and the demo's results
	rm -rf .build runs
