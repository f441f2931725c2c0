package gateway

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"rental.example/functions/local/sandbox"
)

const apiID = "local"

// event is a request as a REST API sends it to a function, with null where the service sends null. The members are those of
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
type event struct {
	Resource          string              `json:"resource"`
	Path              string              `json:"path"`
	HTTPMethod        string              `json:"httpMethod"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Query             map[string]string   `json:"queryStringParameters"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters    map[string]string   `json:"pathParameters"`
	StageVariables    map[string]string   `json:"stageVariables"`
	RequestContext    requestContext      `json:"requestContext"`
	Body              *string             `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

type requestContext struct {
	ResourceID        string      `json:"resourceId"`
	Authorizer        *authorizer `json:"authorizer,omitempty"`
	ResourcePath      string      `json:"resourcePath"`
	HTTPMethod        string      `json:"httpMethod"`
	ExtendedRequestID string      `json:"extendedRequestId"`
	RequestTime       string      `json:"requestTime"`
	Path              string      `json:"path"`
	AccountID         string      `json:"accountId"`
	Protocol          string      `json:"protocol"`
	Stage             string      `json:"stage"`
	DomainPrefix      string      `json:"domainPrefix"`
	RequestTimeEpoch  int64       `json:"requestTimeEpoch"`
	RequestID         string      `json:"requestId"`
	Identity          identity    `json:"identity"`
	DomainName        string      `json:"domainName"`
	APIID             string      `json:"apiId"`
}

type authorizer struct {
	Claims map[string]string `json:"claims"`
}

// identity is null but for address and user agent, because no request is signed with AWS keys.
type identity struct {
	CognitoIdentityPoolID         *string `json:"cognitoIdentityPoolId"`
	AccountID                     *string `json:"accountId"`
	CognitoIdentityID             *string `json:"cognitoIdentityId"`
	Caller                        *string `json:"caller"`
	SourceIP                      string  `json:"sourceIp"`
	PrincipalOrgID                *string `json:"principalOrgId"`
	AccessKey                     *string `json:"accessKey"`
	CognitoAuthenticationType     *string `json:"cognitoAuthenticationType"`
	CognitoAuthenticationProvider *string `json:"cognitoAuthenticationProvider"`
	UserARN                       *string `json:"userArn"`
	UserAgent                     string  `json:"userAgent"`
	User                          *string `json:"user"`
}

// newEvent returns the event of a request. Its body is base64 unless it is UTF-8.
func (g *Gateway) newEvent(r *http.Request, headers map[string][]string, resource string, params map[string]string,
	body []byte, claims map[string]any, id string) ([]byte, error) {
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	e := event{
		Resource: resource, Path: "/" + strings.TrimLeft(r.URL.EscapedPath(), "/"), HTTPMethod: r.Method,
		Headers: lastValues(headers), MultiValueHeaders: headers,
		Query: lastValues(query), MultiValueQuery: query,
		PathParameters: params, RequestContext: g.newRequestContext(r, resource, id),
	}
	if claims != nil {
		e.RequestContext.Authorizer = &authorizer{Claims: claimStrings(claims)}
	}
	if len(body) > 0 {
		text := string(body)
		if e.IsBase64Encoded = !utf8.Valid(body); e.IsBase64Encoded {
			text = base64.StdEncoding.EncodeToString(body)
		}
		e.Body = &text
	}
	return json.Marshal(e)
}

func (g *Gateway) newRequestContext(r *http.Request, resource, id string) requestContext {
	now := g.config.Now().UTC()
	sum := sha256.Sum256([]byte(resource))
	host := r.Host
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		host = name
	}
	prefix, _, _ := strings.Cut(host, ".")
	return requestContext{
		ResourceID: hex.EncodeToString(sum[:3]), ResourcePath: resource, HTTPMethod: r.Method,
		ExtendedRequestID: base64.StdEncoding.EncodeToString(sum[:11]), // of the same length as the service's
		RequestTime:       now.Format("02/Jan/2006:15:04:05 -0700"), RequestTimeEpoch: now.UnixMilli(),
		Path: "/" + Stage + r.URL.EscapedPath(), Stage: Stage, AccountID: sandbox.AccountID, APIID: apiID,
		Protocol: r.Proto, DomainName: host, DomainPrefix: prefix, RequestID: id,
		Identity: identity{SourceIP: sourceIP(r), UserAgent: r.UserAgent()},
	}
}

func sourceIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// lastValues returns the single-value map of a multi-value one: the last value of each.
func lastValues(multi map[string][]string) map[string]string {
	if len(multi) == 0 {
		return nil
	}
	single := make(map[string]string, len(multi))
	for name, values := range multi {
		single[name] = values[len(values)-1]
	}
	return single
}

// claimStrings converts verified claims to strings, like the authorizer.
func claimStrings(claims map[string]any) map[string]string {
	out := make(map[string]string, len(claims))
	for name, value := range claims {
		out[name] = claimString(name, value)
	}
	return out
}

func claimString(name string, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		if name == "exp" || name == "iat" {
			return time.Unix(int64(v), 0).UTC().Format("Mon Jan 02 15:04:05 MST 2006")
		}
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = fmt.Sprint(part)
		}
		return strings.Join(parts, ",")
	}
	text, _ := json.Marshal(value) // it came from JSON
	return string(text)
}
