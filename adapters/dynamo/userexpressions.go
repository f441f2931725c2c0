package dynamo

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
	"rental.example/domain/user"
)

// saveUpdate writes all attributes of a profile except its id. The time of creation stays; that of a new profile is its
// version. deletedVersion, deletions and deletionDay of a tombstone stay, too.
var saveUpdate = "SET version = :version, requestId = :requestId, #sub = :sub, #name = :name, email = :email, " +
	"emailVerified = :emailVerified, userType = :userType, ratings = :ratings, typeShard = :typeShard, " +
	"updatedAt = :updatedAt, createdAt = if_not_exists(createdAt, :version) REMOVE deletedAt, expiresAt"

// saveNames are the names in saveUpdate that are reserved words.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
var saveNames = map[string]string{"#sub": "sub", "#name": "name"}

// saveValues returns the attributes of p that saveUpdate writes, each under its name with a colon. Ratings are the
// shortest decimals of the same float64, as the SDK writes them: at most 17 of the 38 digits that DynamoDB stores.
func saveValues(p user.Profile) attributes {
	return attributes{
		":version":       integer(int64(p.Version)),
		":requestId":     text(p.RequestID),
		":sub":           text(p.Sub),
		":name":          text(p.Name),
		":email":         text(p.Email),
		":emailVerified": &types.AttributeValueMemberBOOL{Value: p.EmailVerified},
		":userType":      text(string(p.Type)),
		":ratings":       &types.AttributeValueMemberN{Value: strconv.FormatFloat(p.Ratings, 'f', -1, 64)},
		":typeShard":     text(typeShard(p.Type, p.ID)),
		":updatedAt":     integer(p.UpdatedAt.UnixMicro()),
	}
}

func text(s string) attribute { return &types.AttributeValueMemberS{Value: s} }

func integer(n int64) attribute { return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)} }

// saveCondition is the condition of saveUpdate: a lower version, no profile saved by the same request, no creation after
// too many deletions on the same day, and cond.
func saveCondition(cond domain.Condition, requestID string) string {
	condition := newerCondition(cond) + " AND (attribute_exists(createdAt) OR attribute_not_exists(deletionDay) " +
		"OR deletionDay <> :today OR deletions < :maxDeletions)"
	if requestID != "" {
		condition += " AND NOT (requestId = :requestId AND attribute_exists(createdAt))"
	}
	return condition
}

// newerCondition is the condition that an item has a lower version, or does not exist, and that it satisfies cond. Only
// profiles have a time of creation; tombstones do not. :ifMatch is one version of cond: first the first one of the list,
// then the current version if the list contains it. IN would allow only 100.
func newerCondition(cond domain.Condition) string {
	const newer = "(attribute_not_exists(version) OR version < :version)"
	_, ifMatch := cond.Versions()
	switch {
	case cond.NeedsAbsence():
		return newer + " AND attribute_not_exists(createdAt)"
	case ifMatch:
		return newer + " AND attribute_exists(createdAt) AND version = :ifMatch"
	case cond.NeedsRecord():
		return newer + " AND attribute_exists(createdAt)"
	}
	return newer
}
