package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlags: what is compared is built as what is deployed.
func TestFlags(t *testing.T) {
	t.Parallel()
	root, err := Root(t.Context(), "rental.example")
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil || !strings.Contains(string(makefile), "export GOFLAGS = "+flags+"\n") {
		t.Errorf("the Makefile builds by other flags than %s: %v", flags, err)
	}
}

func TestCPUGrowsWithWork(t *testing.T) {
	t.Parallel()
	before, err := CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		encode(storedProfile())
	}
	after, err := CPU(os.Getpid())
	if err != nil || after <= before {
		t.Errorf("the clock goes from %v to %v, %v", before, after, err)
	}
	if _, err := CPU(1<<22 + 1); err == nil {
		t.Error("a process that is not there has a clock")
	}
}

func TestMemoryIsAtMostItsPeak(t *testing.T) {
	t.Parallel()
	now, err := Memory(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	peak, err := PeakMemory(os.Getpid())
	if err != nil || now < 1<<20 || now > peak {
		t.Errorf("memory is %d and was at most %d, %v", now, peak, err)
	}
}

// TestRun runs a function that does nothing, and one that is none.
func TestRun(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	if err := Build(t.Context(), "..", "./cmd/hello", binary); err != nil {
		t.Fatal(err)
	}
	usage, err := Function{Binary: binary}.Run(t.Context(), Save(Profile), 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	if usage.Start <= 0 || usage.Invocation <= 0 || usage.Peak < 1<<20 || len(usage.Answer) == 0 {
		t.Errorf("a run uses %+v", usage)
	}
	if _, err := (Function{Binary: "/bin/false"}).Run(t.Context(), Save(Profile), 1, 1); err == nil {
		t.Error("what answers nothing has no error")
	}
	if size, err := ZipSize(binary); err != nil || size < 1<<20 {
		t.Errorf("the package has %d bytes, %v", size, err)
	}
}
