package functions_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/samtest"
)

// TestCertificateFolder: every function reads its root certificates from the bundle alone, by a folder that is in its
// deployment package.
func TestCertificateFolder(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	value, _ := samtest.Lookup(template.Globals, "Function", "Environment", "Variables", "SSL_CERT_DIR").(string)
	folder, ok := strings.CutPrefix(value, "/var/task/")
	if !ok || folder == "" {
		t.Fatalf("template.yaml: SSL_CERT_DIR of Globals is %q; write a folder of the deployment package: /var/task/no-certificates", value)
	}
	for name, f := range of(template, "AWS::Serverless::Function") {
		if own := samtest.Lookup(f.Properties, "Environment", "Variables", "SSL_CERT_DIR"); own != nil {
			t.Errorf("template.yaml: %s has its own SSL_CERT_DIR, %v; remove it", name, own)
		}
		if method := f.Metadata["BuildMethod"]; method != "makefile" {
			t.Errorf("template.yaml: %s has the BuildMethod %v; write makefile, which adds %s to the package", name, method, value)
		}
	}
	if makefile := samtest.ReadFile(t, "Makefile"); !strings.Contains(makefile, `mkdir -p "$(ARTIFACTS_DIR)/`+folder+`"`) {
		t.Errorf("Makefile: build-%%Function does not make the folder %s, which template.yaml names as SSL_CERT_DIR", folder)
	}
}

// trustVariable makes TestRootCertificates the child that reads the system's roots.
const trustVariable = "TEST_TRUST_OF"

// TestRootCertificates: with SSL_CERT_DIR, a process trusts what the bundle has and reads less than half of what it reads
// without, in a tree as that of Amazon Linux 2023: the bundle; each root in a file of its own, with two links; and a folder
// of links to the bundle and to a copy of it.
func TestRootCertificates(t *testing.T) {
	if folder := os.Getenv(trustVariable); folder != "" {
		fmt.Print(readTrust(t, folder))
		return
	}
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other systems have roots elsewhere")
	}
	folder := t.TempDir()
	writeTrust(t, folder)
	bundleOnly := childTrust(t, folder, filepath.Join(folder, "none"))
	everything := childTrust(t, folder, filepath.Join(folder, "certs")+":"+filepath.Join(folder, "pki"))
	if !bundleOnly.Bundle || bundleOnly.Folder || !everything.Bundle || !everything.Folder {
		t.Errorf("trusted: %+v with the bundle only, %+v with all folders", bundleOnly, everything)
	}
	if 2*bundleOnly.Allocated > everything.Allocated {
		t.Errorf("%d bytes allocated with the bundle only, %d with all folders, want less than half", bundleOnly.Allocated, everything.Allocated)
	}
	t.Logf("%d bytes allocated with the bundle only, %d with all folders", bundleOnly.Allocated, everything.Allocated)
}

// trust is what a process makes of the system's roots.
type trust struct {
	Bundle, Folder bool   // whether it trusts a root of the bundle, and one that is in a folder alone
	Allocated      uint64 // bytes, to read them
}

// childTrust reads the roots in a process of its own, since a process reads them once.
func childTrust(t *testing.T, folder, directories string) (got trust) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRootCertificates$")
	cmd.Env = []string{trustVariable + "=" + folder, "SSL_CERT_FILE=" + filepath.Join(folder, "bundle.pem"), "SSL_CERT_DIR=" + directories}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return got
}

func readTrust(t *testing.T, folder string) string {
	t.Helper()
	trusted := func(name string) bool {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(data)
		root, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		_, err = root.Verify(x509.VerifyOptions{})
		return err == nil
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := x509.SystemCertPool(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	out, err := json.Marshal(trust{Bundle: trusted("certs/root0.pem"), Folder: trusted("certs/extra.pem"), Allocated: after.TotalAlloc - before.TotalAlloc})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// writeTrust makes the tree, with as many roots as Amazon Linux 2023 has.
func writeTrust(t *testing.T, folder string) {
	t.Helper()
	certs, pki := filepath.Join(folder, "certs"), filepath.Join(folder, "pki")
	for _, d := range []string{certs, pki, filepath.Join(folder, "none")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(path string, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var bundle []byte
	for i := range 144 {
		root := selfSigned(t, key, int64(i))
		bundle = append(bundle, root...)
		name := filepath.Join(certs, fmt.Sprintf("root%d.pem", i))
		write(name, root)
		for n := range 2 {
			if err := os.Symlink(name, filepath.Join(certs, fmt.Sprintf("%08x.%d", i, n))); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(filepath.Join(certs, "extra.pem"), selfSigned(t, key, 1000))
	write(filepath.Join(folder, "bundle.pem"), bundle)
	write(filepath.Join(pki, "ca-bundle.crt"), bundle)
	write(filepath.Join(pki, "ca-bundle.trust.crt"), bundle)
}

func selfSigned(t *testing.T, key *ecdsa.PrivateKey, serial int64) []byte {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial + 1), Subject: pkix.Name{CommonName: fmt.Sprintf("root %d", serial)}, BasicConstraintsValid: true,
		IsCA: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
