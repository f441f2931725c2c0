# For the scripts here that deploy into MiniStack: where it is, and steps that say how long they took. To be sourced
# from the root of the repository. MiniStack's alarms never ring.
# shellcheck shell=bash

export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=$MINISTACK_REGION AWS_DEFAULT_REGION=$MINISTACK_REGION
export AWS_ENDPOINT_URL=$MINISTACK_ENDPOINT AWS_CA_BUNDLE=$MINISTACK_CA AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN
work=$(mktemp -d)

# The log of the functions and the domain, where something failed.
# shellcheck disable=SC2329  # by the trap
finish() {
  local status=$?
  if [[ $status != 0 ]]; then
    grep -E '^domain: |"level": ?"(WARN|ERROR)"|panic: ' "$ENGINES_STATE/ministack/log" | tail -n 50 >&2 || true
  fi
  rm -rf "$work"
}
trap finish EXIT

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# step WHAT COMMAND...: prints how long it took, and its output only if it fails.
step() {
  local what=$1 start=$SECONDS
  shift
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "$what failed"
  }
  printf 'ok   %s: %d s\n' "$what" $((SECONDS - start))
}

# refused WHAT SENTENCE COMMAND...: fails, and its output says SENTENCE.
refused() {
  local what=$1 sentence=$2 start=$SECONDS
  shift 2
  ! "$@" >"$work/log" 2>&1 || fail "$what was not refused"
  grep -qF -e "$sentence" "$work/log" || {
    cat "$work/log" >&2
    fail "$what: the output does not say '$sentence'"
  }
  printf 'ok   refused: %s: %d s\n' "$what" $((SECONDS - start))
}

# not_rehearsed WHAT WHY
not_rehearsed() { printf 'NOT REHEARSED: %s: %s\n' "$1" "$2"; }

# resources STACK TYPE: "logical id, physical id" of all of a type, one a line.
resources() {
  aws cloudformation list-stack-resources --stack-name "$1" --output text \
    --query "StackResourceSummaries[?ResourceType=='$2'].[LogicalResourceId, PhysicalResourceId]"
}

# resource STACK ID: the physical id.
resource() {
  aws cloudformation describe-stack-resource --stack-name "$1" --logical-resource-id "$2" --output text \
    --query StackResourceDetail.PhysicalResourceId
}

# of_stack STACK QUERY: of what describe-stacks says of it.
of_stack() { aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text; }

# url STACK STAGE: where its API is. The output ApiUrl names AWS.
url() { echo "$AWS_ENDPOINT_URL/_aws/execute-api/$(resources "$1" AWS::ApiGateway::RestApi | cut -f 2)/$2"; }

# rehearse STACK: the end-to-end suite, as "make e2e STACK=..." runs it.
rehearse() {
  SSL_CERT_FILE=$MINISTACK_CA E2E_TARGET=ministack E2E_API_URL=$(url "$1" dev) functions/e2e/deployed "$1"
}

# quiet STACK SERVICE: no function failed and no message is dead, so that no alarm has a reason; and the service's
# log, at least, is there.
quiet() {
  local name group queue count groups queues
  groups=$(resources "$1" AWS::Logs::LogGroup)
  queues=$(resources "$1" AWS::SQS::Queue | grep -E '^[A-Za-z]*(DeadLetter|Failure)Queue')
  : >"$work/all"
  while read -r name group; do
    aws logs filter-log-events --log-group-name "$group" --output text --query 'events[].message' >"$work/lines"
    ! grep -E '"level": ?"ERROR"|panic: |"errorType"|Task timed out' "$work/lines" || fail "$1: $name failed"
    cat "$work/lines" >>"$work/all"
  done <<<"$groups"
  grep -q "\"service\":\"$2\"" "$work/all" || fail "$1: no function's log has a line of $2"
  while read -r name queue; do
    # Version 1 of the AWS CLI heeds another endpoint for SQS only as an option.
    count=$(aws --endpoint-url "$AWS_ENDPOINT_URL" sqs get-queue-attributes --queue-url "$queue" --attribute-names ApproximateNumberOfMessages \
      --output text --query Attributes.ApproximateNumberOfMessages)
    [[ $count == 0 ]] || fail "$1: $count messages in $name"
  done <<<"$queues"
  printf 'ok   %s: no function failed, no message is dead\n' "$1"
}

# republish STACK PROFILES: as the runbook has it, and as the schedule would.
republish() {
  step "make republish STACK=$1" testdata/ops "$1" republish
  grep -Eq "published\"?: ?$2\b" "$work/log" || fail "$1: republish: $(<"$work/log")"
}
