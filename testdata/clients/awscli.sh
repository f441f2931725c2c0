#!/usr/bin/env bash
# The AWS CLI against the local user pool, and the local functions, at $BASE_URL.
set -uo pipefail

pool=us-east-1_local
client=localclient
password='Passw0rd!'
temporary='Tempor4ry!'
email="cli-$$-$RANDOM$RANDOM@example.com"
invited="invited-$email"
failures=0

idp() { aws cognito-idp "$@" --endpoint-url "$BASE_URL" --region us-east-1 --output text; }

# expect runs a command and compares what it prints, its error included, with
# a pattern of the shell's. In one, *(...) is a group that may be absent, hence
# the backslashes before parentheses.
expect() {
	local name="$1" pattern="$2" got
	shift 2
	got="$("$@" 2>&1)"
	# shellcheck disable=SC2053 # the right-hand side is meant as a pattern
	if [[ $got == $pattern ]]; then
		echo "ok $name"
	else
		got="${got//$'\n'/ }"
		echo "FAIL $name: got '${got:0:300}', want '$pattern'"
		failures=$((failures + 1))
	fi
}

sign_in() {
	idp initiate-auth --client-id "$client" --auth-flow USER_PASSWORD_AUTH \
		--auth-parameters "USERNAME=$1,PASSWORD=$2" --query "$3"
}

expect "sign-up" "False*EMAIL" idp sign-up --client-id "$client" --username "$email" --password "$password" \
	--query '[UserConfirmed, CodeDeliveryDetails.DeliveryMedium]'
expect "sign-up again is UsernameExistsException" "*\(UsernameExistsException\)*" \
	idp sign-up --client-id "$client" --username "$email" --password "$password"
expect "a weak password is InvalidPasswordException" "*\(InvalidPasswordException\)*Password did not conform with policy*" \
	idp sign-up --client-id "$client" --username "other-$email" --password "weakpassword"
expect "signing in early is UserNotConfirmedException" "*\(UserNotConfirmedException\)*User is not confirmed." \
	sign_in "$email" "$password" Session
expect "a wrong code is CodeMismatchException" "*\(CodeMismatchException\)*" \
	idp confirm-sign-up --client-id "$client" --username "$email" --confirmation-code 000000
expect "confirm-sign-up" "" idp confirm-sign-up --client-id "$client" --username "$email" --confirmation-code 123456
expect "a wrong password is NotAuthorizedException" "*\(NotAuthorizedException\)*Incorrect username or password." \
	sign_in "$email" "Wr0ng-one!" Session

read -r access refresh <<<"$(sign_in "$email" "$password" 'AuthenticationResult.[AccessToken, RefreshToken]')"
expect "get-user" "$email" idp get-user --access-token "$access" --query "UserAttributes[?Name=='email'].Value"
expect "refresh" "Bearer*3600*None" idp initiate-auth --client-id "$client" --auth-flow REFRESH_TOKEN_AUTH \
	--auth-parameters "REFRESH_TOKEN=$refresh" --query 'AuthenticationResult.[TokenType, ExpiresIn, RefreshToken]'
expect "get-tokens-from-refresh-token" "Bearer*3600*None" idp get-tokens-from-refresh-token --client-id "$client" \
	--refresh-token "$refresh" --query 'AuthenticationResult.[TokenType, ExpiresIn, RefreshToken]'
expect "a refresh token that is none is NotAuthorizedException" "*\(NotAuthorizedException\)*Invalid Refresh Token." \
	idp get-tokens-from-refresh-token --client-id "$client" --refresh-token none
expect "update-user-attributes" "email*EMAIL*n\*\*\*@e\*\*\*" idp update-user-attributes --access-token "$access" \
	--user-attributes Name=name,Value=Ada "Name=email,Value=new-$email" \
	--query 'CodeDeliveryDetailsList[].[AttributeName, DeliveryMedium, Destination]'
expect "get-user-attribute-verification-code" "EMAIL" idp get-user-attribute-verification-code --access-token "$access" \
	--attribute-name email --query CodeDeliveryDetails.DeliveryMedium
expect "verify-user-attribute" "" idp verify-user-attribute --access-token "$access" --attribute-name email --code 123456
expect "the new e-mail" "new-$email" idp get-user --access-token "$access" --query "UserAttributes[?Name=='email'].Value"
expect "admin-update-user-attributes" "" idp admin-update-user-attributes --user-pool-id "$pool" --username "new-$email" \
	--user-attributes "Name=email,Value=$email" Name=email_verified,Value=true
expect "delete-user-attributes" "" idp delete-user-attributes --access-token "$access" --user-attribute-names name
expect "change-password to one with a space" "" idp change-password --access-token "$access" --previous-password "$password" \
	--proposed-password "Correct horse 1"
expect "list-devices is InvalidParameterException" "*\(InvalidParameterException\)*" idp list-devices --access-token "$access"

expect "admin-create-user" "FORCE_CHANGE_PASSWORD" idp admin-create-user --user-pool-id "$pool" --username "$invited" \
	--temporary-password "$temporary" --message-action SUPPRESS \
	--user-attributes "Name=email,Value=$invited" "Name=email_verified,Value=true" --query User.UserStatus
session="$(sign_in "$invited" "$temporary" Session)"
expect "respond-to-auth-challenge NEW_PASSWORD_REQUIRED" "Bearer" idp respond-to-auth-challenge --client-id "$client" \
	--challenge-name NEW_PASSWORD_REQUIRED --session "$session" \
	--challenge-responses "USERNAME=$invited,NEW_PASSWORD=$password" --query AuthenticationResult.TokenType
expect "admin-set-user-password" "" idp admin-set-user-password --user-pool-id "$pool" --username "$invited" \
	--password "$temporary" --permanent
expect "admin-add-user-to-group" "" idp admin-add-user-to-group --user-pool-id "$pool" --username "$invited" --group-name admin
token="$(sign_in "$invited" "$temporary" AuthenticationResult.IdToken)"
expect "the group is in the ID token" "\['admin'\]" python -c '
import jwt, sys
print(jwt.decode(sys.argv[1], options={"verify_signature": False})["cognito:groups"])' "$token"
expect "admin-get-user" "CONFIRMED*True" idp admin-get-user --user-pool-id "$pool" --username "$invited" --query '[UserStatus, Enabled]'
expect "an unknown user is UserNotFoundException to an administrator" "*\(UserNotFoundException\)*" \
	idp admin-get-user --user-pool-id "$pool" --username "nobody-$email"
expect "forgot-password" "email*EMAIL*c\*\*\*@e\*\*\*" idp forgot-password --client-id "$client" --username "$email" \
	--query 'CodeDeliveryDetails.[AttributeName, DeliveryMedium, Destination]'
expect "confirm-forgot-password" "" idp confirm-forgot-password --client-id "$client" --username "$email" \
	--confirmation-code 123456 --password "Ch4nged-it"
expect "admin-initiate-auth by password is InvalidParameterException" "*\(InvalidParameterException\)*Auth flow not enabled for this client" \
	idp admin-initiate-auth --user-pool-id "$pool" --client-id "$client" --auth-flow ADMIN_USER_PASSWORD_AUTH \
	--auth-parameters "USERNAME=$email,PASSWORD=Ch4nged-it"
expect "admin-initiate-auth by refresh token" "Bearer" idp admin-initiate-auth --user-pool-id "$pool" --client-id "$client" \
	--auth-flow REFRESH_TOKEN_AUTH --auth-parameters "REFRESH_TOKEN=$refresh" --query AuthenticationResult.TokenType
expect "admin-reset-user-password" "" idp admin-reset-user-password --user-pool-id "$pool" --username "$email"
expect "signing in then is PasswordResetRequiredException" "*\(PasswordResetRequiredException\)*" sign_in "$email" "Ch4nged-it" Session
expect "global-sign-out" "" idp global-sign-out --access-token "$access"
expect "get-user after it is NotAuthorizedException" "*\(NotAuthorizedException\)*Access Token has been revoked" \
	idp get-user --access-token "$access"
expect "an operation that is not served is UnknownOperationException" "*\(UnknownOperationException\)*" \
	idp list-user-pools --max-results 1

invoke() { aws lambda invoke --endpoint-url "$BASE_URL" --region us-east-1 --output text --function-name "$@" /dev/null; }
expect "lambda invoke" "200*\$LATEST" invoke RepublishFunction --payload '{}' --query '[StatusCode, ExecutedVersion]'
expect "lambda invoke reports that a function failed" "Unhandled" invoke RepublishFunction --payload '[]' --query FunctionError
expect "an unknown function is ResourceNotFoundException" "*\(ResourceNotFoundException\)*" invoke NoFunction

[ "$failures" -eq 0 ]
