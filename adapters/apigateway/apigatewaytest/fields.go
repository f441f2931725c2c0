package apigatewaytest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
)

// DecodeBody is a request body that a function decodes as T, which is one of its own for POST or for PATCH.
func DecodeBody[T any, PT interface {
	*T
	apigateway.Object
}](t testing.TB, body string) T {
	t.Helper()
	req := events.APIGatewayProxyRequest{HTTPMethod: "PATCH", Body: body, Headers: map[string]string{"Content-Type": "application/json"}}
	value, err := apigateway.Decode[T, PT](req)
	if err != nil {
		t.Fatalf("%s is no such body: %v", body, err)
	}
	return value
}

// ZeroFields are the names of the fields of a struct, exported or not, that have their zero value, of structs in it as
// Outer.Inner. Tests of a function's wire format fill whatever a client may send, and ask this of what is made of it: so
// a new field that is not passed on has a name.
func ZeroFields(v any) []string {
	return emptyFields(reflect.ValueOf(v))
}

func emptyFields(v reflect.Value) (names []string) {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case field.IsZero():
			names = append(names, name)
		case field.Kind() == reflect.Struct && !isOneValue(field.Type()):
			for _, inner := range emptyFields(field) {
				names = append(names, name+"."+inner)
			}
		}
	}
	return names
}

// isOneValue reports whether a struct counts as a whole: a time, or what a member of a merge patch says.
func isOneValue(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || strings.HasPrefix(t.String(), "domain.Optional[")
}
