package lab

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// readsRoots names the variable by which a test runs this binary as a process that only reads the system's roots.
const readsRoots = "LAB_READS_ROOTS"

func TestMain(m *testing.M) {
	if os.Getenv(readsRoots) != "" {
		fmt.Print(bytesOfRoots())
		return
	}
	os.Exit(m.Run())
}

// bytesOfRoots is how many bytes this process reads to have the system's roots.
func bytesOfRoots() int64 {
	before := bytesRead()
	if _, err := x509.SystemCertPool(); err != nil {
		panic(err)
	}
	return bytesRead() - before
}

// bytesRead is what this process has read so far, by the kernel's count; 0 where that is not told.
func bytesRead() int64 {
	io, _ := os.ReadFile("/proc/self/io")
	for line := range bytes.Lines(io) {
		if text, found := strings.CutPrefix(string(line), "rchar: "); found {
			n, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			return n
		}
	}
	return 0
}

// readBy is how many bytes a function with the environment reads to have its roots.
func readBy(t *testing.T, environment []string) int64 {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(environment, readsRoots+"=true")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	n, err := strconv.ParseInt(string(out), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRootsAreReadAgain: by default a function reads its roots four times, and with another directory once.
func TestRootsAreReadAgain(t *testing.T) {
	t.Parallel()
	if bytesRead() == 0 {
		t.Skip("this kernel does not count what a process reads")
	}
	trust := newTrust(t)
	bundle, err := os.Stat(trust.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		directories string
		times       int64
	}{{"", 4}, {trust.Empty, 1}, {"/folder/of/lambda/alone", 1}} {
		got, want := readBy(t, trust.Environment(c.directories)), c.times*bundle.Size()
		if got < want*9/10 || got > want*11/10 {
			t.Errorf("with SSL_CERT_DIR=%s a function reads %d bytes, want about %d", c.directories, got, want)
		}
	}
}

func newTrust(t *testing.T) *Trust {
	t.Helper()
	trust, err := NewTrust(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

func TestTreeOfLinks(t *testing.T) {
	t.Parallel()
	trust := newTrust(t)
	files, links := 0, 0
	entries, err := os.ReadDir(trust.Directories[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type()&os.ModeSymlink != 0 {
			links++
		} else {
			files++
		}
		if _, err := os.Stat(filepath.Join(trust.Directories[0], e.Name())); err != nil {
			t.Error(err)
		}
	}
	if files < 50 || links != 2*files {
		t.Errorf("there are %d files and %d links", files, links)
	}
}

func TestGeneratedRootsAreDistinct(t *testing.T) {
	t.Parallel()
	all, err := generatedRoots(2)
	if err != nil {
		t.Fatal(err)
	}
	one, both := x509.NewCertPool(), x509.NewCertPool()
	if !one.AppendCertsFromPEM(all[0]) || !both.AppendCertsFromPEM(bytes.Join(all, nil)) || one.Equal(both) {
		t.Errorf("these are not two roots:\n%s", bytes.Join(all, nil))
	}
}

func TestDirectoriesOfLambda(t *testing.T) {
	t.Parallel()
	here := t.TempDir()
	trust := &Trust{Bundle: "bundle", Directories: []string{"a", "b"}, Empty: "empty"}
	for directories, want := range map[string]string{
		"": "a:b", here: here, "/folder/of/lambda/alone": "empty", here + ":/folder/of/lambda/alone": here + ":empty",
	} {
		if got := trust.Environment(directories); !slices.Equal(got, []string{"SSL_CERT_FILE=bundle", "SSL_CERT_DIR=" + want}) {
			t.Errorf("with %q the environment is %v", directories, got)
		}
	}
}
