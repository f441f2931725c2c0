package domain

import "time"

// Version orders the writes of one record: the microseconds since 1970 of its last write, and always
// more than the version before it. It never goes back, not even when the record is deleted and made
// again, so it orders events about the record and serves as its ETag. Zero is no version.
type Version int64

// VersionAt is the version of a record that is first written at t.
func VersionAt(t time.Time) Version { return Version(t.UnixMicro()) }

// Next is the version of a write at now over v: the time, or v+1 where the clock is not past v.
func (v Version) Next(now time.Time) Version { return max(VersionAt(now), v+1) }

// Time is the moment that v stands for. It is ahead of the true time of the write where that
// machine's clock was behind the machine's that wrote before it.
func (v Version) Time() time.Time { return time.UnixMicro(int64(v)).UTC() }

// MaxVersionLead is how far ahead of now a version may be. Clocks differ by seconds; a version that is a day ahead was
// not written by one.
const MaxVersionLead = 24 * time.Hour

// Plausible reports whether v can be the version of a record that has been written by now.
func (v Version) Plausible(now time.Time) bool {
	return v > 0 && v <= VersionAt(now.Add(MaxVersionLead))
}

// Versions adds what is wrong with the versions of an event: its own has to be Plausible, and that of the deletion before
// it, 0 for none, lower.
func (p *Problems) CheckVersions(own, deletion Version, now time.Time) {
	if !own.Plausible(now) {
		p.Add("version", CodeOutOfRange, "must be a time of writing, not in the future")
	}
	if deletion < 0 || deletion >= max(own, 1) {
		p.Add("deletedVersion", CodeOutOfRange, "must be before the version")
	}
}

// MaxClockLag is how far a clock may be behind a stored version before someone should look at it.
const MaxClockSkew = 5 * time.Minute

// ClockLag is how far a clock that says now is behind a version that has just been written; tell is whether
// that is more than MaxClockLag.
func ClockSkew(written Version, now time.Time) (lag time.Duration, tell bool) {
	lag = written.Time().Sub(now)
	return lag, lag > MaxClockSkew
}

// Stamp is what a write leaves on its record: when it was made, and by which request.
type Stamp struct {
	Time time.Time
	// RequestID is the id of the function's invocation. It lets a store recognise a write of its own
	// whose answer was lost, and leads from an event back to the request. Empty recognises nothing.
	RequestID string
}
