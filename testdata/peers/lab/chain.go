package lab

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// authority is a certificate with its key, which signs others.
type authority struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
}

// newChain makes a test root, in PEM, and what a server under it presents: a leaf and an intermediate, of RSA-2048 keys
// as those of AWS are.
func newChain() (root []byte, server tls.Certificate, err error) {
	top, err := issue(template("Test Root CA"), nil)
	if err != nil {
		return nil, server, err
	}
	middle, err := issue(template("Test RSA 2048 M01"), &top)
	if err != nil {
		return nil, server, err
	}
	leaf, err := issue(serverTemplate(), &middle)
	if err != nil {
		return nil, server, err
	}
	server = tls.Certificate{Certificate: [][]byte{leaf.certificate.Raw, middle.certificate.Raw}, PrivateKey: leaf.key}
	return encodePEM(top.certificate.Raw), server, nil
}

// template is that of a certificate authority.
func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Test Trust Services"}, Country: []string{"US"}},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		IsCA:     true, BasicConstraintsValid: true,
	}
}

func serverTemplate() *x509.Certificate {
	t := template("dynamodb.eu-west-1.amazonaws.com")
	t.IsCA, t.KeyUsage, t.ExtKeyUsage = false, x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	t.DNSNames, t.IPAddresses = []string{t.Subject.CommonName, "localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	return t
}

// issue makes a key and a certificate for it, which by signs; nil is the certificate itself.
func issue(t *x509.Certificate, by *authority) (authority, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return authority{}, err
	}
	if by == nil {
		by = &authority{t, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, by.certificate, key.Public(), by.key)
	if err != nil {
		return authority{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	return authority{certificate, key}, err
}

// generatedRoots makes n roots, in PEM, of one key: another one each would take seconds, and is read no slower.
func generatedRoots(n int) ([][]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	roots := make([][]byte, 0, n)
	for i := range n {
		t := template(fmt.Sprintf("Generated Root CA %d", i))
		der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
		if err != nil {
			return nil, err
		}
		roots = append(roots, encodePEM(der))
	}
	return roots, nil
}

func encodePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
