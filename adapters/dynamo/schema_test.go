package dynamo_test

import (
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
)

// tableProperties are the properties of AWS::DynamoDB::Table that template.yaml and the schema have in common.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
type tableProperties struct {
	BillingMode            string              `yaml:"BillingMode"`
	AttributeDefinitions   []map[string]string `yaml:"AttributeDefinitions"`
	KeySchema              []map[string]string `yaml:"KeySchema"`
	GlobalSecondaryIndexes []indexProperties   `yaml:"GlobalSecondaryIndexes"`
	StreamSpecification    map[string]string   `yaml:"StreamSpecification"`
	TimeToLive             map[string]string   `yaml:"TimeToLiveSpecification"`
}

type indexProperties struct {
	IndexName  string              `yaml:"IndexName"`
	KeySchema  []map[string]string `yaml:"KeySchema"`
	Projection struct {
		ProjectionType   string   `yaml:"ProjectionType"`
		NonKeyAttributes []string `yaml:"NonKeyAttributes"`
	} `yaml:"Projection"`
}

func propertiesOf(s dynamo.Schema) tableProperties {
	p := tableProperties{
		BillingMode:         string(s.Table.BillingMode),
		KeySchema:           keyElements(s.Table.KeySchema),
		StreamSpecification: map[string]string{"StreamViewType": string(s.Table.StreamSpecification.StreamViewType)},
		TimeToLive:          map[string]string{"AttributeName": s.ExpiresAt, "Enabled": "true"},
	}
	for _, d := range s.Table.AttributeDefinitions {
		p.AttributeDefinitions = append(p.AttributeDefinitions,
			map[string]string{"AttributeName": *d.AttributeName, "AttributeType": string(d.AttributeType)})
	}
	for _, x := range s.Table.GlobalSecondaryIndexes {
		index := indexProperties{IndexName: *x.IndexName, KeySchema: keyElements(x.KeySchema)}
		index.Projection.ProjectionType = string(x.Projection.ProjectionType)
		index.Projection.NonKeyAttributes = x.Projection.NonKeyAttributes
		p.GlobalSecondaryIndexes = append(p.GlobalSecondaryIndexes, index)
	}
	return p
}

func keyElements(from []types.KeySchemaElement) (elements []map[string]string) {
	for _, e := range from {
		elements = append(elements, map[string]string{"AttributeName": *e.AttributeName, "KeyType": string(e.KeyType)})
	}
	return elements
}

// TestSchemaMatchesTemplate compares the schema with the table of template.yaml.
func TestSchemaMatchesTemplate(t *testing.T) {
	t.Parallel()
	var template struct {
		Resources struct {
			UsersTable struct {
				Properties tableProperties `yaml:"Properties"`
			} `yaml:"UsersTable"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "template.yaml")), &template); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(template.Resources.UsersTable.Properties, propertiesOf(dynamo.UsersSchema("any"))); diff != "" {
		t.Errorf("UsersTable of template.yaml and UsersSchema of adapters/dynamo/schema.go differ (-template +schema):\n%s", diff)
	}
}

func TestConcurrentEnsure(t *testing.T) {
	t.Parallel()
	client := dynamo.NewClient(configFor(endpoint(t)))
	name := newTable(t, client)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if err := dynamo.EnsureUsersTable(t.Context(), client, name); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	out, err := client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if d := out.TimeToLiveDescription; d.AttributeName == nil || *d.AttributeName != "expiresAt" {
		t.Errorf("TTL %+v, want expiresAt", d)
	}
}
