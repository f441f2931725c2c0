package functions_test

import (
	"bytes"
	"compress/flate"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// deployed are the packages of all functions' binaries.
func deployed(t *testing.T) []string {
	t.Helper()
	mains, err := filepath.Glob(filepath.Join(samtest.Root(t), "functions", "*", "bootstrap"))
	if err != nil || len(mains) == 0 {
		t.Fatalf("no functions: %v", err)
	}
	for i, dir := range mains {
		mains[i] = "./functions/" + filepath.Base(filepath.Dir(dir)) + "/bootstrap"
	}
	return mains
}

// forbidden is what must not reach a deployed binary: what costs start time and size for nothing that a
// function needs, and what the project exists to do without. Why DynamoDB's schemas are here: adapters/README.md,
// Decisions; who wants a newer client takes them off the list.
var forbidden = regexp.MustCompile(`^(net/rpc|text/template|html/template|testing|` +
	`github\.com/aws/aws-sdk-go-v2/(config|service/(sso|ssooidc|sts|signin)|feature/ec2/imds|credentials/.+)|` +
	`github\.com/aws/aws-sdk-go-v2/service/dynamodb(streams)?/schemas|` +
	`functions/local.*|adapters/memory.*|` +
	`(.*/)?(gin|chi|echo|fiber|mux|httprouter|validator|go-playground|[\w-]*jwt[\w-]*|jose|yaml|go-cmp|testify)(/.*)?)$`)

func TestDeployedImports(t *testing.T) {
	t.Parallel()
	for _, main := range deployed(t) {
		for _, p := range list(t, "-deps", "-tags=lambda.norpc", main) {
			if forbidden.MatchString(p.ImportPath) {
				t.Errorf("%s is linked into %s", p.ImportPath, main)
			}
		}
	}
}

// maxZip is how large the deployment package of a function may be, in bytes: all are below 3.55 MB, and whoever
// adds 0.15 should know.
const maxZip = 3_700_000

// flags are those of the Makefile, which builds what is deployed.
const flags = `-tags=lambda.norpc '-ldflags=-s -w' -trimpath -buildvcs=false`

// TestBinaries: deployment packages are small, and no binary can look up methods by name at run time, for which it
// would keep every exported method of every type. The linker marks what does so in its dump of dependencies.
func TestBinaries(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("links every function")
	}
	if !strings.Contains(samtest.ReadFile(t, "Makefile"), "export GOFLAGS = "+flags+"\n") {
		t.Fatalf("the Makefile builds by other flags than %s", flags)
	}
	for _, main := range deployed(t) {
		binary := filepath.Join(t.TempDir(), "bootstrap")
		cmd := exec.Command("go", "build", "-o", binary, main)
		cmd.Dir = samtest.Root(t)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="+strings.Replace(flags, "-s -w", "-s -w -dumpdep", 1), "GOOS=linux", "GOARCH=amd64")
		out, err := cmd.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("main.main -> ")) {
			t.Fatalf("go build %s: %v\n%.1000s", main, err, out)
		}
		for line := range strings.SplitSeq(string(out), "\n") {
			if strings.Contains(line, "<ReflectMethod>") {
				t.Errorf("%s: methods are looked up by name, so none is pruned: %s", main, line)
			}
		}
		if size := zipped(t, binary); size > maxZip {
			t.Errorf("%s has %d bytes in its deployment package, want at most %d", main, size, maxZip)
		}
	}
}

// zipped is how long a file is in a zip archive, in bytes, but for the archive's frame.
func zipped(t *testing.T, file string) int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
