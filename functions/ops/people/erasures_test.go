package people_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"go.yaml.in/yaml/v3"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/functions/ops/people"
)

// TestErasures checks that the first time stays unless it is overwritten, and that the id is not stored.
func TestErasures(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	name := dynamotest.NewTable(t, client, people.ErasuresSchema)
	erasures := people.NewErasures(client, name)
	if at, err := erasures.At(t.Context(), id(1)); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("At = %v, %v before", at, err)
	}
	monday := time.Date(2030, 5, 6, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		at        time.Time
		overwrite bool
		want      time.Time
	}{{monday, false, monday}, {monday.Add(time.Hour), false, monday}, {monday.Add(time.Hour), true, monday.Add(time.Hour)}} {
		got, err := erasures.Record(t.Context(), id(1), step.at, step.overwrite)
		if err != nil || !got.Equal(step.want) {
			t.Errorf("Record(%v, %t) = %v, %v; want %v", step.at, step.overwrite, got, err, step.want)
		}
		if at, err := erasures.At(t.Context(), id(1)); err != nil || !at.Equal(step.want) {
			t.Errorf("At = %v, %v; want %v", at, err, step.want)
		}
	}
	erased, err := erasures.All(t.Context())
	if err != nil || !erased(string(id(1))) || erased(string(id(2))) {
		t.Errorf("All: %v", err)
	}
	out, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	if err != nil || len(out.Items) != 1 || len(out.Items[0]) != 2 || fmt.Sprint(out.Items[0]["hash"]) == string(id(1)) {
		t.Errorf("stored: %+v, %v; want a hash and a time", out.Items, err)
	}
}

// TestErasuresSchemaMatchesTemplate compares the schema and TokenLife with template.yaml.
func TestErasuresSchemaMatchesTemplate(t *testing.T) {
	t.Parallel()
	var template struct {
		Resources struct {
			ErasuresTable struct {
				DeletionPolicy string `yaml:"DeletionPolicy"`
			} `yaml:"ErasuresTable"`
			UserPoolClient struct {
				Properties struct {
					IDTokenValidity    int               `yaml:"IdTokenValidity"`
					TokenValidityUnits map[string]string `yaml:"TokenValidityUnits"`
				} `yaml:"Properties"`
			} `yaml:"UserPoolClient"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "template.yaml")), &template); err != nil {
		t.Fatal(err)
	}
	dynamotest.CheckSchema(t, "ErasuresTable", people.ErasuresSchema("any")) // without a TTL: backups outlive it
	if template.Resources.ErasuresTable.DeletionPolicy != "RetainExceptOnCreate" {
		t.Errorf("ErasuresTable is deleted with the stack; backups outlive it")
	}
	client := template.Resources.UserPoolClient.Properties
	if life := time.Duration(client.IDTokenValidity) * time.Minute; client.TokenValidityUnits["IdToken"] != "minutes" || people.TokenLife <= life {
		t.Errorf("TokenLife is %v; ID tokens are valid for %d %s", people.TokenLife, client.IDTokenValidity, client.TokenValidityUnits["IdToken"])
	}
}
