package dynamo_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// placeholderAPI checks the placeholders of each write: DynamoDB rejects undefined and unused ones.
type placeholderAPI struct {
	dynamo.API
	t      *testing.T
	stored map[string]bool // the conditions of all writes
}

func (a *placeholderAPI) check(names map[string]string, values attributes, expressions ...*string) {
	a.t.Helper()
	text := ""
	for _, e := range expressions {
		text += aws.ToString(e) + " "
	}
	want := regexp.MustCompile(`[:#]\w+`).FindAllString(text, -1)
	slices.Sort(want)
	got := slices.AppendSeq(slices.Collect(maps.Keys(names)), maps.Keys(values))
	slices.Sort(got)
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		a.t.Errorf("placeholders of %s (-used +defined):\n%s", text, diff)
	}
	if reserved := reservedNames(text); len(reserved) > 0 {
		a.t.Errorf("%q are reserved words, which need placeholders as in saveNames: %s", reserved, text)
	}
	if strings.Count(text, "(") != strings.Count(text, ")") {
		a.t.Errorf("parentheses of %s", text)
	}
	a.stored[text] = true
}

func (a *placeholderAPI) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: storedProfile("1")}, nil
}

func (a *placeholderAPI) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	a.check(in.ExpressionAttributeNames, in.ExpressionAttributeValues, in.UpdateExpression, in.ConditionExpression)
	return &dynamodb.UpdateItemOutput{}, nil
}

func (a *placeholderAPI) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	a.check(in.ExpressionAttributeNames, in.ExpressionAttributeValues, in.ConditionExpression)
	return &dynamodb.PutItemOutput{}, nil
}

func TestExpressionPlaceholders(t *testing.T) {
	t.Parallel()
	ctx, api := t.Context(), &placeholderAPI{t: t, stored: map[string]bool{}}
	store := dynamo.NewUsers(api, "users")
	p := profileAt(t, someone, noon, "request-1")
	tombstone := user.NewTombstone(someone, 1, domain.Stamp{Time: noon})
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	for _, cond := range []domain.Condition{{}, domain.MustExist(), domain.MustNotExist(), domain.MustBe(7), domain.MustBe(8, 9), domain.MustBe()} {
		for _, requestID := range []string{"", "request-1"} {
			_, _, err := store.Save(ctx, profileAt(t, someone, noon, requestID), cond)
			check(err)
			if !cond.NeedsAbsence() {
				_, err = store.Delete(ctx, someone, cond, domain.Stamp{Time: noon, RequestID: requestID})
				check(err)
			}
		}
	}
	_, err := store.Erase(ctx, someone, domain.Stamp{Time: noon})
	check(err)
	for _, r := range []user.Record{{Profile: &p}, {Tombstone: &tombstone}} {
		_, err := store.Restore(ctx, r)
		check(err)
		_, err = store.BumpVersion(ctx, r, domain.Stamp{Time: noon})
		check(err)
	}
	if n := len(api.stored); n != 4*2+2+1+2 { // Save, Delete, Erase and Restore, BumpVersion
		t.Errorf("%d expressions:\n%s", n, strings.Join(slices.Sorted(maps.Keys(api.stored)), "\n"))
	}
}
