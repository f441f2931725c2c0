package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestQuotaFollowsMemory(t *testing.T) {
	t.Parallel()
	for memory, want := range map[int]time.Duration{128: 1447, 256: 2894, 512: 5788, 1024: 11577, 1769: 20000} {
		if got := Quota(memory); got.Microseconds() != int64(want) {
			t.Errorf("%d MB have %v in a window, want %d µs", memory, got, want)
		}
	}
}

// TestModel: a window's quota is used at once, and more has to wait for the next windows.
func TestModel(t *testing.T) {
	t.Parallel()
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	for _, c := range []struct{ cpu, wall, want float64 }{
		{1.7, 1.7, 1.7},
		{1.7, 5.7, 5.7},
		{9, 9, 81},  // four pauses of 18 ms
		{9, 30, 81}, // the waits are in them
		{9, 100, 100},
	} {
		got := throttledWall(Span{Wall: ms(c.wall), CPU: ms(c.cpu)}, ms(2))
		if got != ms(c.want) {
			t.Errorf("%v ms of processor time in %v ms become %v, want %v ms", c.cpu, c.wall, got, c.want)
		}
	}
}

func TestQuotaFiles(t *testing.T) {
	t.Parallel()
	for version, want := range map[int][]quotaFile{
		1: {{"cpu.cfs_quota_us", "-1"}, {"cpu.cfs_period_us", "20000"}, {"cpu.cfs_quota_us", "2894"}},
		2: {{"cpu.max", "2894 20000"}},
	} {
		if got := quotaFiles(version, Quota(256)); !slices.Equal(got, want) {
			t.Errorf("v%d: %v, want %v", version, got, want)
		}
	}
}

// TestThrottleHoldsUp: a process that computes is held up by the control group, and the group is gone at the end.
func TestThrottleHoldsUp(t *testing.T) {
	t.Parallel()
	throttle := NewThrottle()
	if throttle.group == "" {
		t.Skip("no control group can be written")
	}
	cmd := exec.Command("sh", "-c", "while :; do :; done")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := throttle.Limit(cmd.Process.Pid, 128); err != nil {
		t.Error(err)
	}
	times := 0
	for used := time.Duration(0); times == 0 && used < time.Second && !t.Failed(); time.Sleep(window) {
		var err, failed error
		used, err = CPU(cmd.Process.Pid)
		times, failed = throttle.throttled()
		if err != nil || failed != nil {
			t.Error(err, failed)
		}
	}
	if times == 0 {
		t.Error("the process was never held up")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err := throttle.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(throttle.group); !os.IsNotExist(err) {
		t.Errorf("the group is still there: %v", err)
	}
}

func TestWithoutControlGroup(t *testing.T) {
	t.Parallel()
	throttle := &Throttle{}
	if err := throttle.Limit(os.Getpid(), 128); err != nil {
		t.Error(err)
	}
	free := Span{Wall: 10 * time.Millisecond, CPU: 9 * time.Millisecond}
	if got, want := throttle.Wall(free, 256), throttledWall(free, Quota(256)); got != want || got <= free.Wall {
		t.Errorf("the wall is %v, want %v", got, want)
	}
	if got, want := fmt.Sprint(throttle), "by the model: no control group can be written"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := write(filepath.Join(t.TempDir(), "cpu.max"), "1 2"); err == nil {
		t.Error("a file of a group that is not there is made")
	}
	if err := throttle.Close(); err != nil {
		t.Error(err)
	}
}
