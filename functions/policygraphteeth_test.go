package functions_test

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestPolicyGraphTeeth: the rules of policygraph_test.go see the template that breaks them.
func TestPolicyGraphTeeth(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ resources, want string }{
		"swagger":           {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{"Body":{"swagger":"2.0","paths":{"/user":{"options":{"consumes":["a"],"responses":{"200":{"headers":{"Vary":{"type":"string"}}}}}}}}}}}`, ""},
		"swagger's words":   {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{"Body":{"openapi":"3.0.1","paths":{"/user":{"options":{"consumes":["a"],"responses":{"200":{"headers":{"Vary":{"schema":{"type":"string"}}}}}}}}}}}}`, "A: OPTIONS /user has consumes, which OpenAPI 3 does not know"},
		"schema twice":      {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{"Body":{"openapi":"3.0.1","paths":{"/user":{"options":{"responses":{"200":{"headers":{"Vary":{"schema":{"schema":{"type":"string"}}}}}}}}}}}}}`, "A: OPTIONS /user has the header Vary without a type where its version has that"},
		"schema of another": {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{"Body":{"swagger":"2.0","paths":{"/user":{"options":{"responses":{"200":{"headers":{"Vary":{"schema":{"type":"string"}}}}}}}}}}}}`, "A: OPTIONS /user has the header Vary without a type where its version has that"},
		"cycle":             {`{"R":{"Type":"X","DependsOn":"S"},"S":{"Type":"X","Properties":{"V":{"Ref":"T"}}},"T":{"Type":"X","Properties":{"V":{"Fn::Sub":"${R.Arn}"}}}}`, "R: waits for itself, by R, S, T"},
	} {
		var s stack
		if err := json.Unmarshal([]byte(test.resources), &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var want []string
		if test.want != "" {
			want = []string{test.want}
		}
		if got := slices.Concat(s.cyclic(), s.malformed()); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
