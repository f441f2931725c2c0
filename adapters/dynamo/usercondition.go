package dynamo

import (
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rental.example/domain"
	"rental.example/domain/user"
)

// form is all of a write's condition but its values.
type form struct{ identified, absent, present, pinned bool }

func formOf(cond domain.Condition, requestID string) form {
	_, pinned := cond.Versions()
	return form{identified: requestID != "", absent: cond.NeedsAbsence(), present: cond.NeedsRecord(), pinned: pinned}
}

// wanted is the parameter for the version that has to be there.
const wanted = "wanted"

// today is the parameter for the day of the write, in days since 1970.
const today = "today"

// saveable is when a profile may be written: over a lower version or none, not twice by one request, not created after
// too many deletions of this day, and if the caller's condition holds.
func saveable(f form) expression.ConditionBuilder {
	version, created := expression.Name("version"), expression.Name("createdAt")
	when := version.AttributeNotExists().Or(version.LessThan(Parameter("version")))
	if f.identified {
		again := expression.Name("requestId").Equal(Parameter("requestId"))
		when = when.And(expression.Not(again.And(created.AttributeExists())))
	}
	few := created.AttributeExists().Or(expression.Name("deletionDay").AttributeNotExists()).
		Or(expression.Name("deletionDay").NotEqual(Parameter(today))).
		Or(expression.Name("deletions").LessThan(expression.Value(user.MaxDeletions)))
	return also(when.And(few), f, Parameter(wanted))
}

// deletable is when t may replace a profile: where there is one of a lower version, and if cond holds.
func deletable(t user.Tombstone, cond domain.Condition) expression.ConditionBuilder {
	version, created := expression.Name("version"), expression.Name("createdAt")
	var pinned expression.ValueBuilder
	if versions, ok := cond.Versions(); ok {
		pinned = expression.Value(versions[0])
	}
	return also(created.AttributeExists().And(version.LessThan(expression.Value(t.Version))), formOf(cond, t.RequestID), pinned)
}

// also adds the caller's condition to when. Only profiles have a time of creation, tombstones have none.
func also(when expression.ConditionBuilder, f form, pinned expression.ValueBuilder) expression.ConditionBuilder {
	created := expression.Name("createdAt")
	if f.absent {
		return when.And(created.AttributeNotExists())
	}
	if f.present {
		when = when.And(created.AttributeExists())
	}
	if f.pinned {
		when = when.And(expression.Name("version").Equal(pinned))
	}
	return when
}
