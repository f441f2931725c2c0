package functions_test

import (
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestChangeNegative: each change that CloudFormation would refuse, or by which something is lost, is seen; and those of
// the way around it are not.
func TestChangeNegative(t *testing.T) {
	t.Parallel()
	text := samtest.ReadFile(t, "template.yaml")
	// with is the template with values in other places, and with one index, whatever the template has by now.
	with := func(t *testing.T, grafts ...mutant) map[string]fixture {
		template := mustParse(t, text)
		for _, m := range slices.Concat([]mutant{{value: []any{firstIndex()}, path: inIndexes()}}, grafts) {
			graft(t, template, m.value, m.path)
		}
		return fixtures(template, leastAndMost(template))
	}
	before := with(t)
	for _, m := range slices.Concat(indexMutants(), stateMutants()) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			wantChange(t, changes(before, with(t, m)), m.want)
		})
	}
	between, after := with(t, mutant{value: []any{firstIndex(), secondIndex()}, path: inIndexes()}), with(t, mutant{value: []any{secondIndex()}, path: inIndexes()})
	wantChange(t, changes(between, after), "") // way, deployment 3: the old one goes
	unknown := map[string]fixture{"Files": {Type: "AWS::EFS::FileSystem", Kept: true}}
	wantChange(t, changes(unknown, unknown), "does not say what replaces an AWS::EFS::FileSystem")
	schema := func(kind string) map[string]fixture {
		attributes := []any{map[string]any{"Name": "city", "AttributeDataType": kind}}
		return map[string]fixture{"UserPool": {Type: "AWS::Cognito::UserPool", Properties: map[string]any{"Schema": attributes}}}
	}
	wantChange(t, changes(schema("String"), schema("Number")), "the attribute city of its Schema changes or goes")
}

func wantChange(t *testing.T, found []string, want string) {
	t.Helper()
	if want == "" && len(found) > 0 || want != "" && (len(found) != 1 || !strings.Contains(found[0], want)) {
		t.Errorf("got %q, want one sentence with %q", found, want)
	}
}

// usersIndex is one of the users table.
func usersIndex(name string, projected ...any) map[string]any {
	return map[string]any{"IndexName": name, "KeySchema": []any{
		map[string]any{"AttributeName": "typeShard", "KeyType": "HASH"}, map[string]any{"AttributeName": "createdAt", "KeyType": "RANGE"},
	}, "Projection": map[string]any{"ProjectionType": "INCLUDE", "NonKeyAttributes": projected}}
}

func firstIndex() map[string]any {
	return usersIndex("byTypeShard", "name", "userType", "ratings", "version")
}

func secondIndex() map[string]any {
	return usersIndex("byTypeShard2", "name", "userType", "ratings", "version", "city")
}

func inIndexes(path ...any) []any {
	return append(inProperties("UsersTable", "GlobalSecondaryIndexes"), path...)
}

func indexMutants() []mutant {
	return []mutant{
		{"changed projection", []any{usersIndex("byTypeShard", "name", "userType", "ratings", "version", "city")}, inIndexes(), "the index byTypeShard changes its keys or its projection"},
		{"projection in another order", []any{usersIndex("byTypeShard", "version", "name", "userType", "ratings")}, inIndexes(), ""},
		{"key of an index", "HASH", inIndexes(0, "KeySchema", 1, "KeyType"), "the index byTypeShard changes its keys or its projection"},
		{"way, deployment 1: a second index", []any{firstIndex(), secondIndex()}, inIndexes(), ""},
		{"both at once", []any{secondIndex()}, inIndexes(), "makes [byTypeShard2] and drops [byTypeShard]"},
		{"two indexes", []any{firstIndex(), secondIndex(), usersIndex("byName", "name")}, inIndexes(), "makes [byName byTypeShard2] and drops []"},
	}
}

func stateMutants() []mutant {
	return []mutant{
		{"table key", "sub", inProperties("UsersTable", "KeySchema", 0, "AttributeName"), "UsersTable: KeySchema changes"},
		{"key's type", "S", inProperties("UsersTable", "AttributeDefinitions", 2, "AttributeType"), "the key attribute createdAt changes its type"},
		{"table name", "users", inProperties("UsersTable", "TableName"), "UsersTable: TableName changes from nothing to \"users\""},
		{"table retained no more", "Delete", inResources("UsersTable", "DeletionPolicy"), "UsersTable loses its DeletionPolicy"},
		{"table gone", nil, inResources("UsersTable"), "UsersTable is gone from the template and stays"},
		{"table of another type", "AWS::DynamoDB::GlobalTable", inResources("UsersTable", "Type"), "UsersTable changes its type"},
		{"pool's user names", []any{"phone_number"}, inProperties("UserPool", "UsernameAttributes"), "UserPool: UsernameAttributes changes"},
		{"pool's case", true, inProperties("UserPool", "UsernameConfiguration", "CaseSensitive"), "UserPool: UsernameConfiguration changes"},
		{"pool's schema grows", []any{map[string]any{"Name": "city"}}, inProperties("UserPool", "Schema"), ""},
		{"client's secret", true, inProperties("UserPoolClient", "GenerateSecret"), "UserPoolClient: GenerateSecret changes"},
		{"group's name", "admins", inProperties("AdminGroup", "GroupName"), "AdminGroup: GroupName changes"},
		{"queue's name", map[string]any{"Fn::Sub": "${AWS::StackName}-events"}, inProperties("ItemSyncQueue", "QueueName"), "ItemSyncQueue: QueueName changes"},
		{"stream's start", "LATEST", inProperties("UserEventsMapping", "StartingPosition"), "UserEventsMapping: StartingPosition changes"},
		{"dashboard's name", map[string]any{"Fn::Sub": "${AWS::StackName}-${AWS::Region}-board"}, inProperties("Dashboard", "DashboardName"), ""},
		{"retained of an unknown type", map[string]any{"Type": "AWS::EFS::FileSystem", "DeletionPolicy": "Retain"}, inResources("ApiGatewayAccount"), "ApiGatewayAccount changes its type"},
	}
}
