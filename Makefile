# Every check that CI runs, and what a person wants beside them. "make ci" is all of them.
# Engines are started by testdata/engines/with, which installs what is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

WITH  := testdata/engines/with
TOOL  := go tool -modfile=testdata/tools/go.mod
FUZZ  ?= 20000x

# How functions are built for Lambda, wherever that is done: static, without net/rpc, which Lambda has not
# spoken since its Go runtimes went, and without symbols and paths. samconfig.toml cannot say this.
build: export CGO_ENABLED = 0
build: export GOFLAGS = -tags=lambda.norpc '-ldflags=-s -w' -trimpath

.PHONY: help run test format lint vulnerabilities test-engines fuzz bench template build invoke smoke ci

help: ## lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

run: ## runs the whole system on localhost:8080
	go run ./functions/local

test: ## runs the tests that need nothing but Go
	go test ./...

format: ## fails if gofmt would change a file
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }

lint: ## vet and staticcheck
	go vet ./...
	$(TOOL) staticcheck ./...

vulnerabilities: ## govulncheck; says so where its database cannot be reached
	@out=$$($(TOOL) govulncheck ./... 2>&1) && echo "$$out" || { \
	  echo "$$out"; grep -q 'fetching vulnerabilities' <<<"$$out" || exit 1; \
	  echo "NOT CHECKED: the vulnerability database cannot be reached from here."; }

test-engines: ## runs all tests with the race detector, on real engines and under SAM; nothing is skipped
	CI=true $(WITH) sam-lambda,dynamodb,opensearch go test -race -count=1 -timeout 20m ./...

fuzz: ## fuzzes every target for FUZZ executions
	grep -rho --include=*_test.go '^func Fuzz[A-Za-z]*' . | sort | while read -r _ name; do \
	  go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZ) "./$$(dirname "$$(grep -rl --include=*_test.go "^func $$name(" .)")"; \
	done

bench: ## measures; look at the ratios. Searches of an engine: testdata/engines/with opensearch make bench
	go test -run '^$$' -bench . ./functions/users ./functions/items ./adapters/memory

template: ## lints template.yaml
	$(WITH) sam sam validate --lint

build: ## builds the functions as they are deployed
	$(WITH) sam sh -c 'sam build $$SAM_BUILD_FLAGS'

invoke: build ## sends a raw event to the built function in a container, with profiles in a real engine
	$(WITH) sam,dynamodb,opensearch testdata/checks/sam-invoke

smoke: ## signs in to the running local system with real clients: boto3, AWS CLI, browsers' SRP
	testdata/checks/smoke

ci: ## everything, as on CI
	.ci/run
