package dynamousers_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/domain/user/usertest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	usertest.Run(t, func(t *testing.T) user.Store {
		return dynamousers.New(client, dynamotest.NewTable(t, client, dynamousers.Schema))
	})
}

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }

type attributes = map[string]types.AttributeValue

func storedProfile(version string) attributes {
	return attributes{
		"id": text(string(someone)), "sub": text("account-of-jane"), "name": text("Jane"), "email": text("jane@example.com"),
		"emailVerified": &types.AttributeValueMemberBOOL{}, "userType": text("renter"), "ratings": number("0"),
		"version": number(version), "createdAt": number(version), "updatedAt": number(version),
		"requestId": text("request-1"), "typeShard": text("renter#02"),
	}
}

// TestStoredItems checks the items of a profile that is created, deleted and created again. The stream publishes them, so
// their attributes are a contract. A tombstone has no personal data.
func TestStoredItems(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	table := dynamotest.NewTable(t, client, dynamousers.Schema)
	store := dynamousers.New(client, table)
	p := profileAt(t, someone, noon, "request-1")
	p.Ratings, p.EmailVerified = 0, false
	save := func() error { _, _, err := store.Save(t.Context(), p, domain.Condition{}); return err }
	remove := func() error {
		s := domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}
		_, err := store.Delete(t.Context(), someone, domain.Condition{}, s)
		return err
	}
	for _, step := range []struct {
		write func() error
		want  attributes
	}{
		{save, storedProfile("4102488000000000")},
		{remove, attributes{
			"id": text(string(someone)), "version": number("4102491600000000"), "deletedAt": number("4102491600000000"),
			"deletedVersion": number("4102491600000000"), "requestId": text("request-2"), "expiresAt": number("4105947600"),
			"deletions": number("1"), "deletionDay": number("47482"),
		}},
		{save, withLastDeleted(storedProfile("4102491600000001"), "4102491600000000")},
	} {
		if err := step.write(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, readItem(t, client, table, someone), ignoreDocument); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// withLastDeleted returns the item of a profile that was created after a deletion.
func withLastDeleted(stored attributes, version string) attributes {
	stored["deletedVersion"] = number(version)
	stored["deletions"], stored["deletionDay"] = number("1"), number("47482")
	return stored
}

var ignoreDocument = cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberBOOL{})

func readItem(t *testing.T, client *dynamodb.Client, table string, id domain.UserID) attributes {
	t.Helper()
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &table, ConsistentRead: aws.Bool(true), Key: attributes{"id": text(string(id))},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}
