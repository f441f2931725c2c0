package functions_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// notShown are members that some responses lack, though no golden shows one.
var notShown = map[string]string{"facets": "on the first page alone, and no fixture can have a cursor"}

// TestRequiredMembers: what all golden responses of a schema have, that schema requires; so clients may rely on it.
func TestRequiredMembers(t *testing.T) {
	t.Parallel()
	d, bodies := contract(t), map[string][]object{}
	operations := d.operations()
	eachGolden(t, func(_ *testing.T, req events.APIGatewayProxyRequest, response apigatewaytest.Response) {
		of := objectIn(schemas(operations[contractName(req)].responses[strconv.Itoa(response.StatusCode)])["application/json"])
		if ref := textIn(of["$ref"]); response.StatusCode < 300 && ref != "" {
			bodies[ref] = append(bodies[ref], objectIn(response.Body))
		}
	})
	for _, sentence := range d.unrequired(bodies) {
		t.Error(sentence)
	}
	broken := d.broken(t, func(d document) { d.at("#/components/schemas/Profile")["required"] = []any{"id", "name"} })
	checkFindings(t, "fewer required", broken.unrequired(bodies), "openapi.yaml: #/components/schemas/Profile: all goldens have userType: add it to required")
}

// unrequired are the members that all bodies of a schema have, and the schema does not require.
func (d document) unrequired(bodies map[string][]object) (found []string) {
	for _, ref := range sortedKeys(bodies) {
		schema, common := d.at(ref), maps.Clone(bodies[ref][0])
		maps.DeleteFunc(common, func(member string, _ any) bool {
			return slices.ContainsFunc(bodies[ref], func(o object) bool { _, has := o[member]; return !has })
		})
		for _, member := range sortedKeys(common) {
			if notShown[member] == "" && !slices.Contains(listIn(schema["required"]), any(member)) {
				found = append(found, fmt.Sprintf("openapi.yaml: %s: all goldens have %s: add it to required of the schema, or an event whose response lacks it", ref, member))
			}
		}
	}
	return found
}
