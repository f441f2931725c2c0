package dynamousers

import (
	"rental.example/adapters/dynamo"
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

// saveValues returns the attributes of p that saveUpdate writes, each under its name with a colon.
func saveValues(p user.Profile) dynamo.Attributes {
	return dynamo.Attributes{
		":version":       dynamo.Integer(p.Version),
		":requestId":     dynamo.String(p.RequestID),
		":sub":           dynamo.String(p.Sub),
		":name":          dynamo.String(p.Name),
		":email":         dynamo.String(p.Email),
		":emailVerified": dynamo.Bool(p.EmailVerified),
		":userType":      dynamo.String(p.Type),
		":ratings":       dynamo.Float(p.Ratings),
		":typeShard":     dynamo.String(typeShard(p.Type, p.ID)),
		":updatedAt":     dynamo.Integer(p.UpdatedAt.UnixMicro()),
	}
}

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
