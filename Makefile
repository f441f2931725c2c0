# Every check that CI runs, and what a person wants beside them. "make ci" is all of them.
# Engines are started by testdata/engines/with, which installs what is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

WITH  := testdata/engines/with
TOOL  := go tool -modfile=testdata/tools/go.mod
FUZZ  ?= 20000x
SCHEDULES ?= 100000

# For the targets that look after a deployed stack: those of samconfig.toml.
STACK ?= rental-dev
AWS_REGION ?= eu-west-1
OPS   := AWS_REGION=$(AWS_REGION) AWS_DEFAULT_REGION=$(AWS_REGION) testdata/ops $(STACK)

# How functions are built for Lambda, wherever that is done: static, without net/rpc, which Lambda has not
# spoken since its Go runtimes went, and without symbols and paths. samconfig.toml cannot say this.
build: export CGO_ENABLED = 0
build: export GOFLAGS = -tags=lambda.norpc '-ldflags=-s -w' -trimpath

.PHONY: help run test format lint vulnerabilities test-engines fuzz simulation bench template build invoke smoke ci \
	queues peek redrive replay republish purge

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
	CI=true $(WITH) sam-lambda,dynamodb,opensearch,sns-sqs go test -race -count=1 -timeout 20m ./...

fuzz: ## fuzzes every target for FUZZ executions
	grep -rho --include=*_test.go '^func Fuzz[A-Za-z]*' . | sort | while read -r _ name; do \
	  go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZ) "./$$(dirname "$$(grep -rl --include=*_test.go "^func $$name(" .)")"; \
	done

simulation: ## plays SCHEDULES random schedules of the whole system, and proves that each protection is needed
	go test ./functions/simulation -run 'TestSimulation|TestMutants' -count=1 -timeout 60m -v -schedules $(SCHEDULES) -mutants | grep -v '^=== '

bench: ## measures; look at the ratios. Searches of an engine: testdata/engines/with opensearch make bench
	go test -run '^$$' -bench . ./functions/users ./functions/items ./adapters/memory

template: ## lints template.yaml
	$(WITH) sam sam validate --lint

build: ## builds the functions as they are deployed
	$(WITH) sam sh -c 'sam build $$SAM_BUILD_FLAGS'

invoke: build ## sends raw events to the built functions in containers, with stores, topic and queues in real engines
	$(WITH) sam,dynamodb,opensearch,sns-sqs testdata/checks/sam-invoke
	$(WITH) sam-lambda,dynamodb,sns-sqs testdata/checks/ops

smoke: ## signs in to the running local system with real clients: boto3, AWS CLI, browsers' SRP
	testdata/checks/smoke

queues: ## what waits in the queues of a deployed stack, STACK=rental-dev
	@$(OPS) queues

peek: ## messages of its dead-letter or failure queue QUEUE=UserEventsDeadLetterQueue
	@$(OPS) peek "$(QUEUE)"

redrive: ## messages of its dead-letter queue QUEUE=ItemSyncDeadLetterQueue, back to their queue
	@$(OPS) redrive "$(QUEUE)"

replay: ## records of its UserEventsDeadLetterQueue to UserEventsFunction once more
	@$(OPS) replay

republish: ## every profile's present state; RAISE=true after the table was restored
	@$(OPS) republish $(if $(filter true,$(RAISE)),raise)

purge: ## empties its dead-letter or failure queue QUEUE=UserEventsFailureQueue, after a republish
	@$(OPS) purge "$(QUEUE)"

ci: ## everything, as on CI
	.ci/run
