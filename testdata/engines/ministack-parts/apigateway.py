"""Corrections of MiniStack's REST APIs and of their Cognito authorizer."""

import json
import os
import re
import time

from ministack.services import apigateway_v1 as gateway


def correct():
    gateway._import_operation = after(gateway._import_operation, keep_mock_responses)
    gateway._import_rest_api = import_api(gateway._import_rest_api)
    gateway._validate_cognito_authorizer = id_tokens_of_the_client(gateway._validate_cognito_authorizer)
    gateway._resolve_jwks_url = over_tls(gateway._resolve_jwks_url)
    gateway._stringify_claims = as_rest_apis_do(gateway._stringify_claims)
    gateway._build_lambda_event_v1 = without_version(gateway._build_lambda_event_v1)
    gateway._invoke_lambda_proxy_v1 = without_stack_trace(gateway._invoke_lambda_proxy_v1)
    gateway._gateway_error_response = with_status(gateway._gateway_error_response)


def after(original, then):
    def call(*args, **kwargs):
        result = original(*args, **kwargs)
        then(*args)
        return result

    return call


def keep_mock_responses(api, resource, method, operation, *_):
    """An import keeps of an integration what makes preflights respond: templates and the parameters of responses."""
    spec = (operation or {}).get("x-amazon-apigateway-integration") or {}
    integration = gateway._resources[api][resource]["resourceMethods"][method].get("methodIntegration")
    if not integration:
        return
    integration.update({key: spec[key] for key in ("requestTemplates", "passthroughBehavior") if spec.get(key)})
    for pattern, response in (spec.get("responses") or {}).items():
        status, headers = str(response.get("statusCode", 200)), response.get("responseParameters") or {}
        gateway._put_method_response(api, resource, method, status, {"responseParameters": dict.fromkeys(headers, False)})
        gateway._put_integration_response(api, resource, method, status, {
            "selectionPattern": "" if pattern == "default" else pattern,
            "responseParameters": headers, "responseTemplates": response.get("responseTemplates") or {}})


def import_api(original):
    """An import keeps gateway responses, and what an authorizer demands of the token's audience."""
    def call(spec, base_data=None):
        api = original(spec, base_data)
        for kind, response in (spec.get("x-amazon-apigateway-gateway-responses") or {}).items():
            status, _, body = gateway._put_gateway_response(api, kind, response)
            if status >= 400:
                raise ValueError(f"gateway response {kind}: {body!r}")
        schemes = gateway._security_schemes(spec)
        for authorizer in gateway._authorizers_v1.get(api, {}).values():
            extension = (schemes.get(authorizer.get("name")) or {}).get("x-amazon-apigateway-authorizer") or {}
            authorizer["identityValidationExpression"] = extension.get("identityValidationExpression")
        return api

    return call


def id_tokens_of_the_client(original):
    """The expression is matched against the audience, and without scopes only an ID token passes."""
    async def call(authorizer, method, *args):
        claims, error = await original(authorizer, method, *args)
        if error is None and not method.get("authorizationScopes"):
            expression = authorizer.get("identityValidationExpression") or ".*"
            if claims.get("token_use") != "id" or not re.fullmatch(expression, str(claims.get("aud", ""))):
                return None, gateway._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, error

    return call


def over_tls(original):
    """The keys of a pool are where everything else is."""
    async def call(authorizer):
        url, own = await original(authorizer), os.environ["AWS_ENDPOINT_URL"]
        return own + url[len(own) - 1:] if url and url.startswith(own.replace("https", "http", 1)) else url

    return call


def as_rest_apis_do(original):
    """Lists are joined by commas, times are dates."""
    def call(claims):
        rendered = original(claims)
        for name, value in (claims or {}).items():
            if isinstance(value, list):
                rendered[name] = ",".join(map(str, value))
            if name in ("auth_time", "exp", "iat"):
                rendered[name] = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(int(value)))
        return rendered

    return call


def without_version(original):
    """An event of a REST API has none."""
    def call(*args, **kwargs):
        event = original(*args, **kwargs)
        del event["version"]
        return event

    return call


class Failed(gateway._GatewayError):
    """A function that failed: 502, through DEFAULT_5XX."""

    def __init__(self):
        super().__init__("DEFAULT_5XX", "Internal server error", "InternalServerErrorException")


def without_stack_trace(original):
    """What a function failed with is not the caller's to read."""
    async def call(*args, **kwargs):
        result = await original(*args, **kwargs)
        if isinstance(result, tuple) and result[0] == 502 and json.loads(result[2]).keys() == {"message"}:
            return Failed()
        return result

    return call


def with_status(original):
    def call(error, request):
        status, headers, body = original(error, request)
        return 502 if isinstance(error, Failed) else status, headers, body

    return call
