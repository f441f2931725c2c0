package domain

import "slices"

// Condition is what a writer demands of the record as it is before the write (RFC 9110, section 13).
// The zero Condition demands nothing.
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

// MustExist demands that there is a record, whichever (If-Match: *).
func MustExist() Condition { return Condition{kind: mustExist} }

// MustNotExist demands that there is none (If-None-Match: *).
func MustNotExist() Condition { return Condition{kind: mustNotExist} }

// MustBe demands a record that has one of the versions (If-Match with a list). With no versions
// nothing satisfies it, which is what a list of tags that we never made means.
func MustBe(versions ...Version) Condition { return Condition{kind: mustBe, versions: versions} }

// NeedsRecord reports whether only an existing record can satisfy c.
func (c Condition) NeedsRecord() bool { return c.kind == mustExist || c.kind == mustBe }

// NeedsAbsence reports whether only the absence of a record can satisfy c.
func (c Condition) NeedsAbsence() bool { return c.kind == mustNotExist }

// Versions returns the versions that c admits; ok is false when c does not name versions.
func (c Condition) Versions() (versions []Version, ok bool) { return c.versions, c.kind == mustBe }

// Check holds c against a record: its version, and whether it exists (a deleted one does not).
// It is nil when the write may go on, ErrNotFound when c needs a record and there is none, else
// ErrPreconditionFailed.
func (c Condition) Check(v Version, exists bool) error {
	switch {
	case c.NeedsRecord() && !exists:
		return ErrNotFound
	case c.kind == mustNotExist && exists, c.kind == mustBe && !slices.Contains(c.versions, v):
		return ErrPreconditionFailed
	}
	return nil
}
