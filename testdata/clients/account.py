"""What signed-in people do to their account, by boto3 and by pycognito's Cognito class."""

import base64
import hashlib
import hmac
import struct
import sys
import time

from pycognito import Cognito
from pycognito.exceptions import SoftwareTokenMFAChallengeException

import clients
from clients import BASE_URL, CLIENT, CODE, POOL, confirmed_user, equal, fresh_email, idp, refused, signed_in, verified

PASSPHRASE, SECOND, THIRD = "Correct horse 1", "Another horse 2", "A third horse 3"
checks = []


def check(function):
    checks.append(function)
    return function


def attributes(token):
    found = {a["Name"]: a["Value"] for a in idp.get_user(AccessToken=token)["UserAttributes"]}
    del found["sub"]
    return found


@check
def boto3_refreshes_by_the_operation_of_its_own():
    first = signed_in()
    response = idp.get_tokens_from_refresh_token(ClientId=CLIENT, RefreshToken=first["RefreshToken"])
    equal(set(response) - {"ResponseMetadata"}, {"AuthenticationResult"})
    second = response["AuthenticationResult"]
    equal(sorted(second), ["AccessToken", "ExpiresIn", "IdToken", "TokenType"])
    before, after = verified(first["IdToken"], audience=CLIENT), verified(second["IdToken"], audience=CLIENT)
    equal((after["origin_jti"], after["auth_time"]), (before["origin_jti"], before["auth_time"]))
    idp.revoke_token(ClientId=CLIENT, Token=first["RefreshToken"])
    message = refused(
        "NotAuthorizedException", idp.get_tokens_from_refresh_token, ClientId=CLIENT, RefreshToken=first["RefreshToken"]
    )
    equal(message, "Refresh Token has been revoked")


@check
def boto3_changes_attributes():
    email = confirmed_user()
    token = signed_in(email)["AccessToken"]
    changes = [{"Name": "name", "Value": "Ada"}, {"Name": "email", "Value": "new-" + email}]
    response = idp.update_user_attributes(AccessToken=token, UserAttributes=changes)
    equal(response["CodeDeliveryDetailsList"][0]["AttributeName"], "email")
    equal(attributes(token)["email"], email)
    idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    refused("CodeMismatchException", idp.verify_user_attribute, AccessToken=token, AttributeName="email", Code="000000")
    idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=CODE)
    equal(attributes(token), {"email": "new-" + email, "email_verified": "true", "name": "Ada"})
    idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["name"])
    assert signed_in("new-" + email)["IdToken"]
    idp.admin_update_user_attributes(
        UserPoolId=POOL,
        Username="new-" + email,
        UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
    )
    equal(attributes(token), {"email": email, "email_verified": "true"})


@check
def boto3_email_of_another_user():
    taken, token = confirmed_user(), signed_in()["AccessToken"]
    idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": taken}])
    refused("AliasExistsException", idp.verify_user_attribute, AccessToken=token, AttributeName="email", Code=CODE)


@check
def boto3_unsupported_features():
    token = signed_in()["AccessToken"]
    refused("InvalidParameterException", idp.list_devices, AccessToken=token)
    refused("InvalidParameterException", idp.initiate_auth, ClientId=CLIENT, AuthFlow="USER_AUTH")
    refused("InvalidParameterException", person().admin_authenticate, password=PASSPHRASE)


def person():
    """Signs up, confirms and signs in as the library's users do."""
    email = fresh_email()
    cognito = Cognito(POOL, CLIENT, username=email, boto3_client_kwargs={"endpoint_url": BASE_URL})
    cognito.set_base_attributes(email=email, name="Ada")
    cognito.register(email, PASSPHRASE)
    cognito.resend_confirmation_code(email)
    cognito.confirm_sign_up(CODE)
    cognito.authenticate(PASSPHRASE)
    return cognito


@check
def pycognito_signs_up_in_and_out():
    cognito = person()
    cognito.verify_tokens()
    equal(cognito.check_token(renew=False), False)
    before = cognito.id_token
    cognito.renew_access_token()
    assert cognito.id_token != before
    token = cognito.access_token
    cognito.logout()
    refused("NotAuthorizedException", idp.get_user, AccessToken=token)


@check
def pycognito_changes_a_profile():
    cognito = person()
    cognito.update_profile({"name": "Grace", "email": "new-" + cognito.username})
    cognito.send_verification()
    cognito.validate_verification(CODE)
    equal(
        attributes(cognito.access_token),
        {"email": "new-" + cognito.username, "email_verified": "true", "name": "Grace"},
    )


@check
def pycognito_changes_and_recovers_a_password():
    cognito = person()
    cognito.change_password(PASSPHRASE, SECOND)
    cognito.initiate_forgot_password()
    cognito.confirm_forgot_password(CODE, THIRD)
    refused("NotAuthorizedException", cognito.authenticate, password=SECOND)
    cognito.authenticate(THIRD)
    cognito.delete_user()
    refused("NotAuthorizedException", cognito.authenticate, password=THIRD)


def totp(secret, seconds):
    """What an authenticator app shows at a time (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    return f"{(struct.unpack_from('>I', mac, mac[-1] & 15)[0] & 0x7FFFFFFF) % 10**6:06}"


@check
def pycognito_asks_for_the_code_of_an_authenticator_app():
    cognito = person()
    secret, now = cognito.associate_software_token(), time.time()
    equal(cognito.verify_software_token(totp(secret, now), "phone"), True)
    cognito.set_user_mfa_preference(sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN")
    try:
        cognito.authenticate(PASSPHRASE)
        raise AssertionError("no code was asked for")
    except SoftwareTokenMFAChallengeException as challenge:
        tokens = challenge.get_tokens()
    refused("CodeMismatchException", cognito.respond_to_software_token_mfa_challenge, code="000000", mfa_tokens=tokens)
    # Each code serves once; that of the next half minute is good already.
    cognito.respond_to_software_token_mfa_challenge(totp(secret, now + 30), tokens)
    cognito.verify_tokens()


if __name__ == "__main__":
    passed = [clients.run(f.__name__.replace("_", " "), f) for f in checks]
    sys.exit(0 if all(passed) else 1)
