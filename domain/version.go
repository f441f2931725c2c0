package domain

import "time"

// Version is the time of a record's last write in microseconds since 1970, and always greater than the version before,
// also after the record was deleted and created again. So it orders events about the record and is its ETag. Zero means
// no version.
type Version int64

// VersionAt returns the version of a first write at t.
func VersionAt(t time.Time) Version { return Version(t.UnixMicro()) }

// Next returns the version of a write at now that replaces v: the time, but at least v+1.
func (v Version) Next(now time.Time) Version { return max(VersionAt(now), v+1) }

// Time returns the time of v, in UTC. It is later than the actual write if an earlier writer's clock was ahead.
func (v Version) Time() time.Time { return time.UnixMicro(int64(v)).UTC() }

// Micros returns t in UTC, truncated to the microseconds that stores keep.
func Micros(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

// MaxVersionLead is how far a version may be ahead of now. Clocks differ by seconds only.
const MaxVersionLead = 24 * time.Hour

// Plausible reports whether a record written until now can have version v.
func (v Version) Plausible(now time.Time) bool {
	return v > 0 && v <= VersionAt(now.Add(MaxVersionLead))
}

// CheckVersions checks the versions of an event: its own must be Plausible, and that of the deletion before it (0: none)
// must be lower.
func (p *Problems) CheckVersions(own, lastDeleted Version, now time.Time) {
	if !own.Plausible(now) {
		p.Add("version", CodeOutOfRange, "must be a time of writing, not in the future")
	}
	if lastDeleted < 0 || lastDeleted >= max(own, 1) {
		p.Add("deletedVersion", CodeOutOfRange, "must be before the version")
	}
}

// MaxClockSkew is how far a clock may lag below a version before an operator should look at it.
const MaxClockSkew = 5 * time.Minute

// ClockSkew returns how far the clock that reads now lags below a version just written, and whether that is more than
// MaxClockSkew.
func ClockSkew(written Version, now time.Time) (skew time.Duration, excessive bool) {
	skew = written.Time().Sub(now)
	return skew, skew > MaxClockSkew
}

// Stamp is the time and the request of a write.
type Stamp struct {
	Time time.Time
	// RequestID is the id of the Lambda invocation. By it, a store recognises an earlier attempt of the same write whose
	// response was lost, and events can be traced to the request. Empty matches no write.
	RequestID string
}
