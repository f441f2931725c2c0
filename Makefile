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

# "sam build" runs build-UsersFunction and so on, in a copy of this folder. The builder does not say what processor
# the function is for; the template does, by the folder to run in: testdata/lambda/arm64 or x86_64. Whatever else the
# environment says, binaries are static, without symbols and paths, and without net/rpc, which Lambda has not spoken
# since its Go runtimes went. samconfig.toml goes along, since a new version is published for new code but not for a
# parameter's new value: so what changes there counts as new code. The template names no-certificates as SSL_CERT_DIR.
build-%Function: export CGO_ENABLED = 0
build-%Function: export GOOS = linux
build-%Function: export GOFLAGS = -tags=lambda.norpc '-ldflags=-s -w' -trimpath -buildvcs=false

build-%Function:
	@folder=$$(tr '[:upper:]' '[:lower:]' <<<'$*') && \
	  GOARCH=$$(< goarch) go build -o "$(ARTIFACTS_DIR)/bootstrap" "rental.example/functions/$$folder/bootstrap" && \
	  chmod 755 "$(ARTIFACTS_DIR)/bootstrap" && \
	  cp ../../../samconfig.toml "$(ARTIFACTS_DIR)" && \
	  mkdir -p "$(ARTIFACTS_DIR)/no-certificates" && \
	  echo 'SSL_CERT_DIR: Go reads every file here for certificates.' >"$(ARTIFACTS_DIR)/no-certificates/README" && \
	  chmod 755 "$(ARTIFACTS_DIR)/no-certificates" && chmod 644 "$(ARTIFACTS_DIR)/no-certificates/README"

.PHONY: help run test machines format lint vulnerabilities test-engines e2e fuzz simulation bench load benchmarks template build invoke smoke contract rehearsal ci \
	account protect queues coldstarts logs peek redrive replay republish purge take-up \
	recovery snapshots snapshot restore-items reindex drop-index restore-users export forget

help: ## lists the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 18

run: ## runs the whole system on localhost:8080
	go run ./functions/local

test: ## runs the tests that need nothing but Go
	go test ./...

machines: ## runs the tests that depend on the machine: bare and hostile environments, a clone with CRLF
	testdata/checks/machines

format: ## fails if gofmt would change a file
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }

lint: ## vet, for Windows and macOS too, staticcheck and, for the workflows, actionlint
	go vet ./...
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...
	$(TOOL) staticcheck -checks=inherit,ST1000 ./...
	$(TOOL) actionlint -shellcheck= -pyflakes=

vulnerabilities: ## govulncheck; says so where its database cannot be reached
	@out=$$($(TOOL) govulncheck ./... 2>&1) && echo "$$out" || { \
	  echo "$$out"; grep -q 'fetching vulnerabilities' <<<"$$out" || exit 1; \
	  echo "NOT CHECKED: the vulnerability database cannot be reached from here."; }

test-engines: ## runs all tests with the race detector, on real engines and under SAM; nothing is skipped
	CI=true $(WITH) sam-lambda,dynamodb,opensearch,sns-sqs go test -race -count=1 -timeout 20m ./...

e2e: ## the whole system from outside: the local runner in memory and on real engines or, with STACK=..., what is deployed
ifeq ($(origin STACK),file)
	CI=true $(WITH) dynamodb,opensearch go test -count=1 -timeout 10m -v ./functions/e2e
else
	AWS_REGION=$(AWS_REGION) AWS_DEFAULT_REGION=$(AWS_REGION) functions/e2e/deployed $(STACK)
endif

fuzz: ## decodes every truncation and corruption of every event, and fuzzes every target for FUZZ executions, five minutes at most
	CI=true go test -run TestBrokenEvents -count=1 ./adapters/apigateway
	testdata/checks/fuzz $(FUZZ)

simulation: ## plays SCHEDULES random schedules of the whole system, and proves that each protection is needed
	go test ./functions/simulation -run 'TestSimulation|TestMutants' -count=1 -timeout 60m -v -schedules $(SCHEDULES) -mutants | grep -v '^=== '

bench: ## compares the functions with other stacks and a hello world, and prints the tables of testdata/peers/README.md; seven minutes
	cd testdata/peers && go test -timeout 5m ./... >&2 && go run ./cmd/bench

load: ## sends the local runner 200,000 requests from another process; fails on an error, and when its memory grows
	cd testdata/peers && go run ./cmd/loadtest

benchmarks: ## runs Go's benchmarks. Searches of an engine: testdata/engines/with opensearch make benchmarks
	go test -run '^$$' -bench . ./functions/users ./functions/items ./functions/republish ./adapters/memory/...

template: ## lints template.yaml and those of functions/deploy, by all of cfn-lint's rules, for three regions
	$(WITH) sam sh -c 'sam validate --lint && cfn-lint --include-checks I --regions eu-west-1 us-east-1 ap-southeast-2 -- template.yaml functions/deploy/*.yaml'

build: ## builds the functions as they are deployed, by the command of functions/DEPLOY.md, and looks at what comes out
	$(WITH) sam testdata/checks/build

invoke: build ## sends raw events and requests to the built functions in containers, with stores, topic and queues in real engines
	$(WITH) sam,dynamodb,opensearch,sns-sqs testdata/checks/sam-invoke
	$(WITH) sam,opensearch testdata/checks/sam-api
	$(WITH) sam-lambda,dynamodb,sns-sqs testdata/checks/ops

smoke: ## signs in to the running local system with real clients: boto3, AWS CLI, browsers' SRP
	testdata/checks/smoke

contract: ## has schemathesis try openapi.yaml against the local runner
	testdata/checks/contract

rehearsal: ## deploys into a local AWS, as functions/DEPLOY.md says, updates, removes and takes up again; with items; and as the workflow does
	$(WITH) sam,ministack testdata/checks/page
	$(WITH) sam,ministack testdata/checks/deploy
	$(WITH) sam,ministack testdata/checks/account

account: ## what an AWS account needs once, and the roles by which GitHub deploys: EMAIL=... REPOSITORY=OWNER/NAME
	@EMAIL='$(EMAIL)' REPOSITORY='$(REPOSITORY)' OWNER_ID='$(OWNER_ID)' REPOSITORY_ID='$(REPOSITORY_ID)' \
	  ENVIRONMENTS='$(ENVIRONMENTS)' BUDGET='$(BUDGET)' SUBJECT='$(SUBJECT)' ANOMALIES='$(ANOMALIES)' BOUNDARY='$(BOUNDARY)' functions/deploy/account

protect: ## forbids to delete a deployed stack, or what has data in it; PROTECT=off takes that back
	@AWS_REGION=$(AWS_REGION) AWS_DEFAULT_REGION=$(AWS_REGION) functions/deploy/protect $(STACK) $(PROTECT)

queues: ## what waits in the queues of a deployed stack, STACK=rental-dev
	@$(OPS) queues

coldstarts: ## starts its FUNCTION=UsersFunction ten times at once, and lists what each start and first response took
	@$(OPS) coldstarts "$(or $(FUNCTION),UsersFunction)"

logs: ## warnings and errors of one of its functions in the last two hours, FUNCTION=UsersFunction
	@$(OPS) logs "$(FUNCTION)"

peek: ## messages of its dead-letter or failure queue QUEUE=UserEventsDeadLetterQueue
	@$(OPS) peek "$(QUEUE)"

redrive: ## messages of its dead-letter queue QUEUE=ItemSyncDeadLetterQueue, back to their queue
	@$(OPS) redrive "$(QUEUE)"

replay: ## records of its UserEventsDeadLetterQueue to UserEventsFunction once more
	@$(OPS) replay

republish: ## every profile's current state; RAISE=true after the table was restored
	@$(OPS) republish $(if $(filter true,$(RAISE)),raise)

purge: ## empties its dead-letter or failure queue QUEUE=UserEventsFailureQueue, after a republish
	@$(OPS) purge "$(QUEUE)"

take-up: ## after "sam delete": a stack of the tables and the pool that were kept, STACK=rental-prod STAGE=prod; then deploy it
	AWS_REGION=$(AWS_REGION) AWS_DEFAULT_REGION=$(AWS_REGION) testdata/take-up "$(STACK)" "$(STAGE)" "$(TABLE)" "$(POOL)" "$(ERASURES)"

recovery: ## restores, reindexes, exports and erases as below, with the local runner on real engines
	$(WITH) dynamodb,opensearch,sns-sqs testdata/checks/recovery

snapshots: ## snapshots of the indices of a deployed stack
	@$(OPS) snapshots

snapshot: ## one more, into your repository REPOSITORY=own
	@$(OPS) snapshot "$(REPOSITORY)"

restore-items: ## its indices from SNAPSHOT=...; SINCE=2026-11-30T12:00:00Z, LOSE=true
	@$(OPS) restore-items $(if $(SINCE),-since "$(SINCE)") $(if $(filter true,$(LOSE)),-lose) "$(SNAPSHOT)"

reindex: ## its index INDEX=items, or owners, into a new one; SHARDS=3
	@$(OPS) reindex $(if $(SHARDS),-shards "$(SHARDS)") "$(or $(INDEX),items)"

drop-index: ## deletes its index INDEX=items-v1, which is no longer in use
	@$(OPS) drop-index "$(INDEX)"

restore-users: ## its table from TABLE=..., which a backup was restored into; then make republish RAISE=true
	@$(OPS) restore-users $(if $(filter true,$(OLD)),-old) "$(TABLE)"

# A USER that is not given on the command line would be whoever is signed in to this machine.
PERSON = $(if $(filter command,$(origin USER)),$(USER))

export: ## all data about USER=ada@example.com, or a sub or id, as JSON
	@$(OPS) export "$(PERSON)"

forget: ## erases all data about USER=...; run it again an hour later
	@$(OPS) forget "$(PERSON)"

ci: ## everything, as on CI
	.ci/run
