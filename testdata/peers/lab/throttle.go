package lab

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Lambda gives a function a part of a processor that is in proportion to its memory, a whole one at wholeProcessor, in
// windows: what is used up in one has to wait for the next.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
// https://github.com/pwrdrvr/lambda-throttling
const (
	wholeProcessor = 1769 // MB
	window         = 20 * time.Millisecond
)

// Quota is the processor time that a function with so many MB has in each window of 20 ms.
func Quota(memory int) time.Duration { return window * time.Duration(memory) / wholeProcessor }

// Throttle limits the processor time of functions as Lambda does from the first event on. Before that, it does not.
type Throttle struct {
	group   string // a folder of cgroupfs; "" where none can be written
	version int    // 1 or 2, of cgroups
}

// NewThrottle makes a control group, and needs Close. Where it cannot, Wall computes what limits would do.
func NewThrottle() *Throttle {
	own := ownGroups()
	for _, try := range []struct {
		folder  string
		version int
	}{
		{filepath.Join("/sys/fs/cgroup/cpu", own["cpu"]), 1},
		{"/sys/fs/cgroup/cpu", 1},
		{filepath.Join("/sys/fs/cgroup/cpu,cpuacct", own["cpu,cpuacct"]), 1},
		{filepath.Join("/sys/fs/cgroup", own[""]), 2},
		{"/sys/fs/cgroup", 2},
	} {
		group, err := os.MkdirTemp(try.folder, "bench-")
		if err != nil {
			continue
		}
		t := &Throttle{group: group, version: try.version}
		if t.set(Quota(256)) == nil {
			return t
		}
		_ = os.Remove(t.group)
	}
	return &Throttle{}
}

// ownGroups are the control groups of this process, by the names of their controllers; that of version 2 has none.
// https://man7.org/linux/man-pages/man7/cgroups.7.html
func ownGroups() map[string]string {
	groups := map[string]string{}
	lines, _ := os.ReadFile("/proc/self/cgroup")
	for line := range bytes.Lines(lines) {
		if parts := strings.SplitN(strings.TrimSpace(string(line)), ":", 3); len(parts) == 3 {
			groups[parts[1]] = parts[2]
		}
	}
	return groups
}

// set gives the processes of the group their time in each window.
func (t *Throttle) set(quota time.Duration) error {
	for _, file := range quotaFiles(t.version, quota) {
		if err := write(filepath.Join(t.group, file.name), file.content); err != nil {
			return err
		}
	}
	return nil
}

type quotaFile struct{ name, content string }

// quotaFiles are the files of a group that set its quota, in the order in which they are to be written.
func quotaFiles(version int, quota time.Duration) []quotaFile {
	time, period := strconv.FormatInt(quota.Microseconds(), 10), strconv.FormatInt(window.Microseconds(), 10)
	if version == 2 {
		return []quotaFile{{"cpu.max", time + " " + period}}
	}
	return []quotaFile{{"cpu.cfs_quota_us", "-1"}, {"cpu.cfs_period_us", period}, {"cpu.cfs_quota_us", time}}
}

// write writes to a file of cgroupfs, and makes none.
func write(file, content string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	return errors.Join(err, f.Close())
}

// Limit limits a process, of which there is one at a time, from now on.
func (t *Throttle) Limit(pid, memory int) error {
	if t.group == "" {
		return nil
	}
	if err := t.set(Quota(memory)); err != nil {
		return fmt.Errorf("limit a process: %w", err)
	}
	return write(filepath.Join(t.group, "cgroup.procs"), strconv.Itoa(pid))
}

// Span is what something takes.
type Span struct{ Wall, CPU time.Duration }

// Wall is the wall time of what has run after Limit: the one measured or, where nothing was limited, a computed one.
func (t *Throttle) Wall(measured Span, memory int) time.Duration {
	if t.group != "" {
		return measured.Wall
	}
	return throttledWall(measured, Quota(memory))
}

// throttledWall is the model: after each quota of processor time comes a pause until the window ends, and what was waited
// for without the limit is waited for in the pauses, as far as they suffice.
func throttledWall(free Span, quota time.Duration) time.Duration {
	pauses := free.CPU / quota * (window - quota)
	waits := max(free.Wall-free.CPU, 0)
	return free.CPU + max(pauses, waits)
}

// throttled is how often processes of the group have been held up. It is 0 where there is no group.
func (t *Throttle) throttled() (times int, err error) {
	if t.group == "" {
		return 0, nil
	}
	lines, err := os.ReadFile(filepath.Join(t.group, "cpu.stat"))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(lines) {
		if text, found := strings.CutPrefix(string(line), "nr_throttled "); found {
			return strconv.Atoi(strings.TrimSpace(text))
		}
	}
	return 0, errors.New("cpu.stat has no nr_throttled")
}

// Close removes the group, once its last process has ended.
func (t *Throttle) Close() error {
	if t.group == "" {
		return nil
	}
	err := os.Remove(t.group)
	for range 50 {
		if err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond) // a process that was killed leaves its group a little later
		err = os.Remove(t.group)
	}
	return err
}

// String says how processes are limited.
func (t *Throttle) String() string {
	return cmp.Or(map[int]string{1: "by a control group (v1)", 2: "by a control group (v2)"}[t.version],
		"by the model: no control group can be written")
}
