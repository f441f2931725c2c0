package apigatewaytest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
)

// DecodeBody decodes a body as T, as a function does for POST and PATCH.
func DecodeBody[T any, PT interface {
	*T
	apigateway.Object
}](t testing.TB, body string) T {
	t.Helper()
	req := events.APIGatewayProxyRequest{HTTPMethod: "PATCH", Body: body, Headers: map[string]string{"Content-Type": "application/json"}}
	value, err := apigateway.Decode[T, PT](req)
	if err != nil {
		t.Fatalf("decode %s: %v", body, err)
	}
	return value
}

// ZeroFields returns the names of the fields of a struct, exported or not, that are zero; Outer.Inner for fields of structs
// in it. Tests of wire formats fill all fields of a request and check what is derived from it, to find fields that are
// not copied.
func ZeroFields(v any) []string {
	return zeroFields(reflect.ValueOf(v))
}

func zeroFields(v reflect.Value) (names []string) {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case field.IsZero():
			names = append(names, name)
		case field.Kind() == reflect.Struct && !isValue(field.Type()):
			for _, inner := range zeroFields(field) {
				names = append(names, name+"."+inner)
			}
		}
	}
	return names
}

// isValue reports whether a struct is checked as a whole: a time, or a member of a merge patch.
func isValue(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || strings.HasPrefix(t.String(), "domain.Optional[")
}
