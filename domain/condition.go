package domain

import "slices"

// Condition is what a write requires of the current record (RFC 9110, section 13). The zero Condition requires nothing.
type Condition struct {
	kind     conditionKind
	versions []Version
}

type conditionKind int

const (
	unconditional conditionKind = iota
	mustExist
	mustNotExist
	mustBe
)

// MustExist requires an existing record (If-Match: *).
func MustExist() Condition { return Condition{kind: mustExist} }

// MustNotExist requires that there is no record (If-None-Match: *).
func MustNotExist() Condition { return Condition{kind: mustNotExist} }

// MustBe requires a record with one of the versions (If-Match with a list). Without versions it always fails, as a list
// of foreign ETags does.
func MustBe(versions ...Version) Condition { return Condition{kind: mustBe, versions: versions} }

// NeedsRecord reports whether c requires an existing record.
func (c Condition) NeedsRecord() bool { return c.kind == mustExist || c.kind == mustBe }

// NeedsAbsence reports whether c requires that there is no record.
func (c Condition) NeedsAbsence() bool { return c.kind == mustNotExist }

// Versions returns the versions that MustBe lists; ok is false for any other condition.
func (c Condition) Versions() (versions []Version, ok bool) { return c.versions, c.kind == mustBe }

// Check returns nil if a record of version v satisfies c. exists is false for a deleted record. It returns ErrNotFound if
// c needs a record and none exists, else ErrPreconditionFailed.
func (c Condition) Check(v Version, exists bool) error {
	switch {
	case c.NeedsRecord() && !exists:
		return ErrNotFound
	case c.kind == mustNotExist && exists, c.kind == mustBe && !slices.Contains(c.versions, v):
		return ErrPreconditionFailed
	}
	return nil
}
