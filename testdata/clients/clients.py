"""boto3, pycognito and PyJWT against the local user pool at $BASE_URL."""

import json
import os
import sys
import time
import urllib.request
import uuid

import boto3
import jwt
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from pycognito import AWSSRP

BASE_URL = os.environ["BASE_URL"]
POOL, CLIENT, CODE = "us-east-1_local", "localclient", "123456"
PASSWORD, TEMPORARY, CHANGED = "Passw0rd!", "Tempor4ry!", "Ch4nged-it"
SRP_USERS, SRP_ROUNDS = 12, 3

idp = boto3.client("cognito-idp", endpoint_url=BASE_URL)
checks = []


def check(function):
    checks.append(function)
    return function


def fresh_email():
    return f"boto-{uuid.uuid4().hex}@example.com"


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def refused(name, function, **arguments):
    """Asserts that the call fails with this error, and returns its text."""
    try:
        function(**arguments)
    except ClientError as error:
        equal(error.response["Error"]["Code"], name)
        equal(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        return error.response["Error"]["Message"]
    raise AssertionError(f"not refused, want {name}")


def sign_up(email, password=PASSWORD):
    return idp.sign_up(
        ClientId=CLIENT, Username=email, Password=password, UserAttributes=[{"Name": "email", "Value": email}]
    )


def password_auth(email, password=PASSWORD):
    return idp.initiate_auth(
        ClientId=CLIENT,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )


def refresh(token):
    return idp.initiate_auth(
        ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )["AuthenticationResult"]


def confirmed_user():
    email = fresh_email()
    sign_up(email)
    idp.confirm_sign_up(ClientId=CLIENT, Username=email, ConfirmationCode=CODE)
    return email


def signed_in(email=None, password=PASSWORD):
    return password_auth(email or confirmed_user(), password)["AuthenticationResult"]


def admin_user():
    email = fresh_email()
    response = idp.admin_create_user(
        UserPoolId=POOL,
        Username=email,
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
    )
    return email, response["User"]


def discovered():
    with urllib.request.urlopen(f"{BASE_URL}/{POOL}/.well-known/openid-configuration") as response:
        return json.load(response)


def key_client():
    return jwt.PyJWKClient(f"{BASE_URL}/{POOL}/.well-known/jwks.json")


def verified(token, **arguments):
    key = key_client().get_signing_key_from_jwt(token).key
    return jwt.decode(token, key, algorithms=["RS256"], issuer=discovered()["issuer"], **arguments)


@check
def signs_up_confirms_and_signs_in():
    email = fresh_email()
    response = sign_up(email)
    equal(response["UserConfirmed"], False)
    equal(response["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL")
    idp.resend_confirmation_code(ClientId=CLIENT, Username=email)
    idp.confirm_sign_up(ClientId=CLIENT, Username=email, ConfirmationCode=CODE)
    result = password_auth(email.upper())["AuthenticationResult"]
    equal((result["TokenType"], result["ExpiresIn"]), ("Bearer", 3600))
    user = idp.get_user(AccessToken=result["AccessToken"])
    equal(user["Username"], response["UserSub"])
    attributes = {a["Name"]: a["Value"] for a in user["UserAttributes"]}
    equal(attributes, {"sub": response["UserSub"], "email": email, "email_verified": "true"})


@check
def refreshes_within_the_same_login():
    first = signed_in()
    second = refresh(first["RefreshToken"])
    assert "RefreshToken" not in second
    before, after = verified(first["IdToken"], audience=CLIENT), verified(second["IdToken"], audience=CLIENT)
    for claim in ("sub", "origin_jti", "auth_time", "cognito:username"):
        equal(after[claim], before[claim])
    assert after["jti"] != before["jti"]


@check
def demands_a_new_password_of_a_user_an_administrator_made():
    email, user = admin_user()
    equal(user["UserStatus"], "FORCE_CHANGE_PASSWORD")
    assert abs(user["UserCreateDate"].timestamp() - time.time()) < 3600
    challenge = password_auth(email, TEMPORARY)
    equal(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED")
    response = {
        "ClientId": CLIENT,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": challenge["Session"],
        "ChallengeResponses": {"USERNAME": email, "NEW_PASSWORD": PASSWORD},
    }
    assert idp.respond_to_auth_challenge(**response)["AuthenticationResult"]["IdToken"]
    message = refused("NotAuthorizedException", idp.respond_to_auth_challenge, **response)
    equal(message, "Invalid session for the user, session can only be used once.")
    equal(idp.admin_get_user(UserPoolId=POOL, Username=email)["UserStatus"], "CONFIRMED")
    assert signed_in(email)["IdToken"]


@check
def sets_a_permanent_password_and_a_group():
    email, user = admin_user()
    idp.admin_set_user_password(UserPoolId=POOL, Username=email, Password=CHANGED, Permanent=True)
    before = signed_in(email, CHANGED)
    assert "cognito:groups" not in verified(before["IdToken"], audience=CLIENT)
    idp.admin_add_user_to_group(UserPoolId=POOL, Username=email, GroupName="admin")
    for result in (signed_in(email, CHANGED), refresh(before["RefreshToken"])):
        equal(verified(result["IdToken"], audience=CLIENT)["cognito:groups"], ["admin"])
        equal(verified(result["AccessToken"])["cognito:groups"], ["admin"])
    idp.admin_remove_user_from_group(UserPoolId=POOL, Username=user["Username"], GroupName="admin")
    assert "cognito:groups" not in verified(refresh(before["RefreshToken"])["IdToken"], audience=CLIENT)


@check
def makes_a_group():
    name = f"group-{uuid.uuid4().hex}"
    group = idp.create_group(UserPoolId=POOL, GroupName=name, Description="made by a test")["Group"]
    equal((group["GroupName"], group["UserPoolId"]), (name, POOL))
    refused("GroupExistsException", idp.create_group, UserPoolId=POOL, GroupName=name)
    email, _ = admin_user()
    idp.admin_add_user_to_group(UserPoolId=POOL, Username=email, GroupName=name)
    refused(
        "ResourceNotFoundException", idp.admin_add_user_to_group, UserPoolId=POOL, Username=email, GroupName="no-" + name
    )


@check
def recovers_and_changes_a_password():
    email = confirmed_user()
    delivery = idp.forgot_password(ClientId=CLIENT, Username=email)["CodeDeliveryDetails"]
    equal((delivery["AttributeName"], delivery["Destination"]), ("email", "b***@e***"))
    arguments = {"ClientId": CLIENT, "Username": email, "Password": CHANGED}
    refused("CodeMismatchException", idp.confirm_forgot_password, ConfirmationCode="000000", **arguments)
    idp.confirm_forgot_password(ConfirmationCode=CODE, **arguments)
    refused("ExpiredCodeException", idp.confirm_forgot_password, ConfirmationCode=CODE, **arguments)
    refused("NotAuthorizedException", password_auth, email=email)
    token = signed_in(email, CHANGED)["AccessToken"]
    idp.change_password(AccessToken=token, PreviousPassword=CHANGED, ProposedPassword=PASSWORD)
    assert signed_in(email)["IdToken"]


@check
def signs_out_of_every_login():
    email = confirmed_user()
    first, second = signed_in(email), signed_in(email)
    idp.global_sign_out(AccessToken=first["AccessToken"])
    for result in (first, second):
        message = refused("NotAuthorizedException", idp.get_user, AccessToken=result["AccessToken"])
        equal(message, "Access Token has been revoked")
        message = refused("NotAuthorizedException", refresh, token=result["RefreshToken"])
        equal(message, "Refresh Token has been revoked")
    assert verified(first["IdToken"], audience=CLIENT)["sub"]


@check
def revokes_one_login():
    email = confirmed_user()
    first, second = signed_in(email), signed_in(email)
    idp.revoke_token(ClientId=CLIENT, Token=first["RefreshToken"])
    refused("NotAuthorizedException", idp.get_user, AccessToken=first["AccessToken"])
    equal(idp.get_user(AccessToken=second["AccessToken"])["ResponseMetadata"]["HTTPStatusCode"], 200)
    refused("UnsupportedTokenTypeException", idp.revoke_token, ClientId=CLIENT, Token=second["AccessToken"])


@check
def deletes_users():
    email = confirmed_user()
    result = signed_in(email)
    idp.delete_user(AccessToken=result["AccessToken"])
    refused("UserNotFoundException", idp.admin_get_user, UserPoolId=POOL, Username=email)
    refused("UserNotFoundException", idp.get_user, AccessToken=result["AccessToken"])
    other, _ = admin_user()
    idp.admin_delete_user(UserPoolId=POOL, Username=other)
    refused("NotAuthorizedException", password_auth, email=other, password=TEMPORARY)


@check
def names_its_errors():
    email = fresh_email()
    refused("InvalidPasswordException", sign_up, email=email, password="short")
    refused("InvalidParameterException", sign_up, email="not-an-address")
    sign_up(email)
    refused("UsernameExistsException", sign_up, email=email.upper())
    refused("UserNotConfirmedException", password_auth, email=email)
    refused("CodeMismatchException", idp.confirm_sign_up, ClientId=CLIENT, Username=email, ConfirmationCode="654321")
    idp.confirm_sign_up(ClientId=CLIENT, Username=email, ConfirmationCode=CODE)
    for user in (email, fresh_email()):
        message = refused("NotAuthorizedException", password_auth, email=user, password="Wr0ng-one!")
        equal(message, "Incorrect username or password.")
    refused("ResourceNotFoundException", idp.forgot_password, ClientId="another", Username=email)
    refused("ResourceNotFoundException", idp.admin_get_user, UserPoolId="us-east-1_other", Username=email)
    message = refused("InvalidParameterException", idp.initiate_auth, ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH")
    equal(message, "Missing required parameter USERNAME")
    try:
        idp.sign_up(ClientId=CLIENT, Username=email, Password=PASSWORD)
    except idp.exceptions.UsernameExistsException:
        return
    raise AssertionError("boto3 does not know the error by its class")


@check
def tokens_verify_with_the_published_keys_only():
    configuration = discovered()
    assert configuration["issuer"].endswith("/" + POOL)
    equal(configuration["jwks_uri"], configuration["issuer"] + "/.well-known/jwks.json")
    result = signed_in()
    token, access = result["IdToken"], result["AccessToken"]
    claims = verified(token, audience=CLIENT, options={"require": ["exp", "iat", "aud", "iss", "sub", "jti"]})
    equal((claims["token_use"], claims["email_verified"], claims["exp"] - claims["iat"]), ("id", True, 3600))
    equal(claims["cognito:username"], claims["sub"])
    claims = verified(access)
    equal((claims["token_use"], claims["client_id"]), ("access", CLIENT))
    equal((claims["scope"], "aud" in claims), ("aws.cognito.signin.user.admin", False))
    ids = [jwt.get_unverified_header(t)["kid"] for t in (token, access)]
    assert ids[0] != ids[1], "one key signs both kinds of token"
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    head, body, signature = token.split(".")
    for forged, key in (
        (token, key_client().get_signing_key(ids[1]).key),
        (token, stranger),
        (".".join((head, access.split(".")[1], signature)), key_client().get_signing_key(ids[0]).key),
    ):
        try:
            jwt.decode(forged, key, algorithms=["RS256"], options={"verify_aud": False})
        except jwt.InvalidSignatureError:
            continue
        raise AssertionError("a wrong key or body was accepted")


@check
def pycognito_answers_the_new_password_challenge():
    email, _ = admin_user()
    srp = AWSSRP(username=email, password=TEMPORARY, pool_id=POOL, client_id=CLIENT, client=idp)
    assert srp.set_new_password_challenge(PASSWORD)["AuthenticationResult"]["IdToken"]
    assert signed_in(email)["IdToken"]


@check
def pycognito_is_refused_a_wrong_password():
    for email in (confirmed_user(), fresh_email()):
        srp = AWSSRP(username=email, password="Wr0ng-one!", pool_id=POOL, client_id=CLIENT, client=idp)
        refused("NotAuthorizedException", srp.authenticate_user)


def pycognito_signs_in(number):
    email, _ = admin_user()
    password = f"Passw0rd!{uuid.uuid4().hex}"
    idp.admin_set_user_password(UserPoolId=POOL, Username=email, Password=password, Permanent=True)
    for _ in range(SRP_ROUNDS):
        srp = AWSSRP(username=email, password=password, pool_id=POOL, client_id=CLIENT, client=idp)
        result = srp.authenticate_user()["AuthenticationResult"]
        assert verified(result["IdToken"], audience=CLIENT)["email"] == email


def run(name, function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        print(f"FAIL {name}: {type(error).__name__}: {error}")
        return False
    print(f"ok {name}")
    return True


def main():
    passed = [run(f.__name__.replace("_", " "), f) for f in checks]
    for number in range(1, SRP_USERS + 1):
        passed.append(run(f"pycognito signs in by SRP, user {number}, {SRP_ROUNDS} times", pycognito_signs_in, number))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
