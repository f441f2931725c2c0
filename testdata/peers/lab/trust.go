package lab

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Trust is a tree of root certificates, laid out as Amazon Linux 2023 does, and a server certificate under one of them.
//
// crypto/x509 reads the bundle, and then every file in the directories, which hold the same certificates again; it
// leaves out links within a directory only. https://github.com/golang/go/issues/79018
type Trust struct {
	Bundle      string   // a file: all roots, and that of the server certificate
	Directories []string // one with a file for each root, and one with links to bundles
	Empty       string   // a directory without files

	server tls.Certificate
}

// roots is how many there are where this machine has no bundle: as many as in those of Debian and Amazon Linux.
const roots = 144

// NewTrust makes the tree in a folder, of the roots that this machine trusts. Where it has none, they are generated.
func NewTrust(folder string) (*Trust, error) {
	root, server, err := newChain()
	if err != nil {
		return nil, fmt.Errorf("make a certificate chain: %w", err)
	}
	all, err := machineRoots()
	if err != nil {
		return nil, err
	}
	pki := filepath.Join(folder, "etc", "pki")
	t := &Trust{
		Bundle:      filepath.Join(pki, "ca-trust", "extracted", "pem", "tls-ca-bundle.pem"),
		Directories: []string{filepath.Join(folder, "etc", "ssl", "certs"), filepath.Join(pki, "tls", "certs")},
		Empty:       filepath.Join(folder, "empty"),
		server:      server,
	}
	for _, dir := range append([]string{filepath.Dir(t.Bundle), t.Empty}, t.Directories...) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	if err := writeRoots(t.Directories[0], all); err != nil {
		return nil, err
	}
	return t, t.writeBundles(append(bytes.Join(all, nil), root...))
}

// machineRoots are those of the first bundle that crypto/x509 would find, in PEM, one each.
func machineRoots() ([][]byte, error) {
	for _, file := range []string{
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
	} {
		bundle, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		var all [][]byte
		for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
			all = append(all, encodePEM(block.Bytes))
		}
		if len(all) > 0 {
			return all, nil
		}
	}
	return generatedRoots(roots)
}

// writeRoots writes a file for each root, and two links to it, as OpenSSL looks them up by two kinds of hashes.
func writeRoots(dir string, all [][]byte) error {
	for i, root := range all {
		name := fmt.Sprintf("root%03d.pem", i)
		if err := os.WriteFile(filepath.Join(dir, name), root, 0o644); err != nil {
			return err
		}
		for hash := range 2 {
			if err := os.Symlink(name, filepath.Join(dir, fmt.Sprintf("%08x.0", i<<8+hash))); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeBundles writes the bundle, the one with OpenSSL's trust settings, and the links to both.
func (t *Trust) writeBundles(bundle []byte) error {
	trust := filepath.Join(filepath.Dir(t.Bundle), "ca-bundle.trust.crt")
	if err := os.WriteFile(t.Bundle, bundle, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(trust, bytes.ReplaceAll(bundle, []byte(" CERTIFICATE-"), []byte(" TRUSTED CERTIFICATE-")), 0o644); err != nil {
		return err
	}
	if err := os.Symlink(t.Bundle, filepath.Join(t.Directories[1], "ca-bundle.crt")); err != nil {
		return err
	}
	return os.Symlink(trust, filepath.Join(t.Directories[1], "ca-bundle.trust.crt"))
}

// Environment is that of a function whose SSL_CERT_DIR is directories, as paths on Lambda; "" is a function that does not
// set it. A directory that this machine does not have is replaced by an empty one.
func (t *Trust) Environment(directories string) []string {
	dirs := t.Directories
	if directories != "" {
		dirs = strings.Split(directories, ":")
		for i, dir := range dirs {
			if _, err := os.Stat(dir); err != nil {
				dirs[i] = t.Empty
			}
		}
	}
	return []string{"SSL_CERT_FILE=" + t.Bundle, "SSL_CERT_DIR=" + strings.Join(dirs, ":")}
}
