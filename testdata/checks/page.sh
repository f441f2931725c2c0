# What testdata/checks/page looks at: the stack, and its API as one person, who signs up once. To be sourced by it.
# shellcheck shell=bash disable=SC2154  # what page sets

person=who@example.com
erasure='{"hash": {"S": "rehearsal"}}'
password='Aa1!rehearsal'

# status STACK: "gone", where there is none.
status() { of_stack "$1" StackStatus 2>/dev/null || echo gone; }

# expect WHAT GOT WANT
expect() { [[ $2 == "$3" ]] || fail "$1: got '$2', want '$3'"; }

output() { of_stack "$stack" "Outputs[?OutputKey=='$1'].OutputValue | [0]"; }

# sign_in: after each deployment that makes the stack anew, which has another client and another API.
sign_in() {
  api=$(url "$stack" dev)
  token=$(aws cognito-idp initiate-auth --client-id "$(output UserPoolClientId)" --auth-flow USER_PASSWORD_AUTH \
    --auth-parameters "USERNAME=$person,PASSWORD=$password" --query AuthenticationResult.IdToken --output text)
}

# call STATUS METHOD PATH [BODY]: of the API, as the person; prints the response's body.
call() {
  local got
  got=$(curl -sS --max-time 30 --cacert "$MINISTACK_CA" -o "$work/body" -w '%{http_code}' -X "$2" "$api$3" \
    -H "Authorization: Bearer $token" -H 'Content-Type: application/json' ${4:+-d "$4"})
  [[ $got == "$1" ]] || fail "$2 $3: got $got $(<"$work/body"), want $1"
  cat "$work/body"
}

# listed WHEN: the profile is in the list of users, which is read from an index.
listed() {
  call 200 GET /users | grep -qF "\"id\":\"$id\"" || fail "$1: GET /users does not have the profile: $(<"$work/body")"
  printf 'ok   GET /users %s\n' "$1"
}

# grant COMMAND: before it, the person signs up, and may not list users; after it and a new sign-in they may.
grant() {
  local command=${1//USERPOOLID/$(output UserPoolId)}
  command=${command//WHO@EXAMPLE.COM/$person}
  if [[ -z ${id:-} ]]; then
    aws cognito-idp sign-up --client-id "$(output UserPoolClientId)" --username "$person" --password "$password" --output text >/dev/null
    aws cognito-idp admin-confirm-sign-up --user-pool-id "$(output UserPoolId)" --username "$person"
    aws cognito-idp admin-update-user-attributes --user-pool-id "$(output UserPoolId)" --username "$person" \
      --user-attributes Name=email_verified,Value=true
    sign_in
    id=$(call 201 POST /user "{\"name\":\"Ada\",\"email\":\"$person\",\"ratings\":25,\"userType\":\"renter\"}" | sed -E 's/.*"id":"([^"]*)".*/\1/')
  fi
  sign_in
  call 403 GET /users >/dev/null
  step "$1" here "$command"
  sign_in
  listed "by an admin"
}

# refuse: adds an alarm that CloudWatch refuses, for want of a threshold, after all else that an update changes.
refuse() {
  sed -i '/^Resources:$/a\
  RefusedAlarm:\
    Type: AWS::CloudWatch::Alarm\
    DependsOn: [UsersFunctionAliaslive, ApiStage, UsersTable, ErasuresTable, UserPool]\
    Properties: { Namespace: AWS/Lambda, MetricName: Errors, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Period: 60, Statistic: Sum }' "$copy/template.yaml"
}

# rolled_back WHAT STACK STATUS SENTENCE COMMAND: a deployment that fails, for this reason, and leaves the stack so.
rolled_back() {
  local start=$SECONDS
  ! here "$5" >"$work/log" 2>&1 || fail "$1 succeeded"
  expect "$1 leaves $2" "$(status "$2")" "$3"
  aws cloudformation describe-stack-events --stack-name "$2" --query 'StackEvents[].ResourceStatusReason' --output text >"$work/reasons"
  grep -qF -e "$4" "$work/reasons" || {
    cat "$work/log" >&2
    fail "$1: no event says '$4'"
  }
  printf 'ok   %s is rolled back, %s: %d s\n' "$1" "$3" $((SECONDS - start))
}

# settings: what the updates change, as the services have it.
settings() {
  local function
  function=$(resource "$stack" UsersFunction)
  aws lambda get-function-configuration --function-name "$function" --qualifier live --query Environment.Variables.LOG_LEVEL --output text
  aws apigateway get-stage --rest-api-id "$(basename "${api%/dev}")" --stage-name dev --query 'methodSettings."*/*".throttlingRateLimit' --output text
  of_stack "$stack" "Tags[?Key=='team'].Value | [0]"
}

# settings_are WHEN WANT: the settings, and that the stack works.
settings_are() {
  expect "settings $1" "$(settings | xargs)" "$2"
  call 200 GET /user | grep -qF "\"id\":\"$id\"" || fail "$1: GET /user: $(<"$work/body")"
  listed "$1"
}

# same_person: after the second deployment: the password and the profile of the first one, by another client, without the group.
same_person() {
  [[ $(output UserPoolClientId) != "$client" ]] || fail "the client id is the old one, and $page says that it is new"
  expect "the pool" "$(output UserPoolId)" "$pool"
  expect "the record of an erasure" "$(aws dynamodb get-item --table-name "$(resource "$stack" ErasuresTable)" --key "$erasure" \
    --query Item.hash.S --output text)" rehearsal
  sign_in
  call 200 GET /user | grep -qF "\"id\":\"$id\"" || fail "the profile of before is not there: $(<"$work/body")"
  printf 'ok   the same password, profile and erasures\n'
  grant "$(commands "The first deployment" | grep admin-add-user-to-group)"
}
