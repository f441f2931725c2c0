package lab

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
)

// Caller is the sub of the token in events.
const Caller = "11111111-1111-4111-8111-111111111111"

const (
	email    = "doe@gmail.com"
	issuer   = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AQJJphEx4"
	client   = "7oftjnhi2nqss6tceedl0he3vf"
	domain   = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"
	agent    = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	someID   = "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b"
	webPlace = "https://app.example.com"
)

type object = map[string]any

// Save is the event of POST /user with a body, as API Gateway sends it for a page in a browser. It has 5.5 kB,
// nearly half of it the ID token, which is there twice.
func Save(body string) []byte {
	headers := browser(object{"Authorization": "Bearer " + token(), "content-type": "application/json"})
	e := event("POST", "/user", headers, nil, body)
	e["requestContext"].(object)["authorizer"] = object{"claims": claims()}
	return encode(e)
}

// Profile is a body of POST /user that is acceptable.
const Profile = `{"name":"john","email":"` + email + `","ratings":25.0,"userType":"renter"}`

// Anonymous is the event of POST /user without a token.
func Anonymous() []byte {
	return encode(event("POST", "/user", browser(object{"content-type": "application/json"}), nil, Profile))
}

// Search is the event of GET /items with a query of single values.
func Search(query map[string]string) []byte {
	return encode(event("GET", "/items", browser(nil), query, ""))
}

// Nearby is a query that the engine in Engines answers.
func Nearby() map[string]string {
	return map[string]string{"q": "drill", "lat": "52.52", "lng": "13.40", "radiusKm": "25"}
}

func event(method, path string, headers object, query map[string]string, body string) object {
	e := object{
		"resource": path, "path": path, "httpMethod": method, "headers": headers, "multiValueHeaders": multiple(headers),
		"queryStringParameters": nil, "multiValueQueryStringParameters": nil, "pathParameters": nil, "stageVariables": nil,
		"requestContext": requestContext(method, path), "body": nil, "isBase64Encoded": false,
	}
	if query != nil {
		e["queryStringParameters"], e["multiValueQueryStringParameters"] = query, multiple(query)
	}
	if body != "" {
		e["body"] = body
	}
	return e
}

func requestContext(method, path string) object {
	identity := object{"sourceIp": "203.0.113.7", "userAgent": agent}
	for _, name := range []string{
		"cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "principalOrgId", "accessKey",
		"cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "user",
	} {
		identity[name] = nil
	}
	return object{
		"resourceId": "oh9w9m", "resourcePath": path, "httpMethod": method, "extendedRequestId": "c6wjLFEghcwFtVg=",
		"requestTime": "02/Jan/2026:03:04:05 +0000", "requestTimeEpoch": 1767323045678, "path": "/prod" + path,
		"accountId": "123456789012", "protocol": "HTTP/1.1", "stage": "prod", "domainPrefix": "a1b2c3d4e5",
		"requestId": someID, "identity": identity, "domainName": domain, "apiId": "a1b2c3d4e5",
	}
}

// browser is what a page's request brings along, and what the gateway adds.
func browser(more object) object {
	headers := object{
		"Accept": "application/json", "Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
		"Host": domain, "Origin": webPlace, "Referer": webPlace + "/", "User-Agent": agent,
		"sec-ch-ua": `"Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"`, "sec-ch-ua-mobile": "?0",
		"sec-ch-ua-platform": `"macOS"`, "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site",
		"X-Amzn-Trace-Id": "Root=1-69572d05-000000000000000000000001", "X-Forwarded-For": "203.0.113.7",
		"X-Forwarded-Port": "443", "X-Forwarded-Proto": "https",
	}
	maps.Copy(headers, more)
	return headers
}

func multiple[V any](values map[string]V) map[string][]V {
	all := make(map[string][]V, len(values))
	for name, value := range values {
		all[name] = []V{value}
	}
	return all
}

// claims are those of the token as a REST API passes them on: all of them texts.
func claims() object {
	return object{
		"sub": Caller, "email_verified": "true", "iss": issuer, "cognito:username": Caller,
		"origin_jti": someID, "aud": client, "event_id": someID, "token_use": "id", "auth_time": "1767323000",
		"exp": "Fri Jan 02 04:03:20 UTC 2026", "iat": "Fri Jan 02 03:03:20 UTC 2026", "jti": someID, "email": email,
	}
}

// token is an ID token of the form that Cognito gives. Its signature is of the right length, and of nothing:
// the gateway has checked it before a function gets it.
func token() string {
	part := func(v any) string { return base64.RawURLEncoding.EncodeToString(encode(v)) }
	payload := claims()
	payload["email_verified"], payload["auth_time"], payload["iat"], payload["exp"] = true, 1767323000, 1767323000, 1767326600
	signature := bytes.Repeat([]byte("signature"), 29)[:256] // RS256
	return part(object{"kid": "hJ2bKqU1mYkM5JxWnqvS7w4zq0S7mJq0s1y8k2l3m4n=", "alg": "RS256"}) + "." + part(payload) + "." +
		base64.RawURLEncoding.EncodeToString(signature)
}

// encode is for values that always encode.
func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
