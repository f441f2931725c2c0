package dynamotest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
)

// CheckSchema compares a schema with the table of template.yaml that has the logical id.
func CheckSchema(t *testing.T, logicalID string, schema dynamo.Schema) {
	t.Helper()
	var template struct {
		Resources map[string]struct {
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "template.yaml")), &template); err != nil {
		t.Fatal(err)
	}
	var want tableProperties
	properties := template.Resources[logicalID].Properties
	if err := properties.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, propertiesOf(schema)); diff != "" {
		t.Errorf("%s of template.yaml and its schema differ (-template +schema):\n%s", logicalID, diff)
	}
}

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
		BillingMode: string(s.Table.BillingMode),
		KeySchema:   keyElements(s.Table.KeySchema),
	}
	if stream := s.Table.StreamSpecification; stream != nil {
		p.StreamSpecification = map[string]string{"StreamViewType": string(stream.StreamViewType)}
	}
	if s.ExpiresAt != "" {
		p.TimeToLive = map[string]string{"AttributeName": s.ExpiresAt, "Enabled": "true"}
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
