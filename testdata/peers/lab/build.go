package lab

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// flags are those of the Makefile, which builds what is deployed.
const flags = `-tags=lambda.norpc '-ldflags=-s -w' -trimpath -buildvcs=false`

// Build makes the binary of a package as functions are built for Lambda. dir is in the module that decides on
// the versions of its dependencies.
func Build(ctx context.Context, dir, pkg, binary string) error {
	return build(ctx, dir, pkg, binary, flags)
}

// BuildPlain makes a binary as "go build" does by itself: with symbols.
func BuildPlain(ctx context.Context, dir, pkg, binary string) error {
	return build(ctx, dir, pkg, binary, "")
}

func build(ctx context.Context, dir, pkg, binary, flags string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="+flags)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return nil
}

// Root is the folder of a module.
func Root(ctx context.Context, module string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("where %s is: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// counter counts what is written to it.
type counter int64

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// ZipSize is how long the deployment package of a binary is, in bytes.
func ZipSize(binary string) (int64, error) {
	data, err := os.ReadFile(binary)
	if err != nil {
		return 0, err
	}
	var size counter
	archive := zip.NewWriter(&size)
	file, err := archive.Create("bootstrap")
	if err != nil {
		return 0, err
	}
	if _, err := file.Write(data); err != nil {
		return 0, err
	}
	if err := archive.Close(); err != nil {
		return 0, err
	}
	return int64(size), nil
}
