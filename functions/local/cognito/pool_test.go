package cognito

import (
	"sync"
	"testing"
)

func TestNew(t *testing.T) {
	t.Parallel()
	p, err := New(Options{Issuer: issuer})
	if err != nil {
		t.Fatal(err)
	}
	if p.idKey.kid == p.accessKey.kid {
		t.Error("ID and access tokens have one key id")
	}
	for _, kid := range []string{p.idKey.kid, p.accessKey.kid} {
		if key := p.Key(kid); key == nil || key.N.BitLen() != 2048 {
			t.Errorf("Key(%q) = %v, want an RSA-2048 key", kid, key)
		}
	}
	if key := p.Key("another"); key != nil {
		t.Errorf("Key of an unknown id = %v, want nil", key)
	}
	if _, err := New(Options{}); err == nil {
		t.Error("New accepts an empty issuer")
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	const sub = "11111111-2222-4333-8444-555555555555"
	h := newHarness(t)
	if err := h.pool.Add(User{Email: jane, Password: password, Groups: []string{"admin"}, Sub: sub}); err != nil {
		t.Fatal(err)
	}
	claims := h.claims(h.signIn("JANE@example.com", password).id)
	if claims["sub"] != sub || claims["email"] != jane || claims["email_verified"] != true {
		t.Errorf("got claims %v", claims)
	}
	for name, u := range map[string]User{
		"taken e-mail":  {Email: "Jane@Example.com", Password: password},
		"taken sub":     {Email: "joe@example.com", Password: password, Sub: sub},
		"no e-mail":     {Email: "joe", Password: password},
		"display name":  {Email: "Joe <joe@example.com>", Password: password},
		"weak password": {Email: "joe@example.com", Password: "password"},
		"unknown group": {Email: "joe@example.com", Password: password, Groups: []string{"Admin"}},
		"no UUID":       {Email: "joe@example.com", Password: password, Sub: "joe"},
	} {
		if err := h.pool.Add(u); err == nil {
			t.Errorf("%s: a user was added", name)
		}
	}
}

// TestConcurrency is for the race detector, and checks that one of many sign-ups with one e-mail succeeds.
func TestConcurrency(t *testing.T) {
	h := parallelWithJane(t)
	var wg sync.WaitGroup
	created := make([]bool, 8)
	for i := range created {
		wg.Go(func() {
			created[i] = h.call("SignUp", signUpBody("same@example.com")).status == 200
			h.call("AdminAddUserToGroup", fields{"UserPoolId": PoolID, "Username": jane, "GroupName": "admin"})
			got := h.call("InitiateAuth", passwordFlow(jane, password)).tokens()
			h.call("InitiateAuth", refreshFlow(got.refresh))
			h.call("AdminRemoveUserFromGroup", fields{"UserPoolId": PoolID, "Username": jane, "GroupName": "admin"})
			h.call("GlobalSignOut", fields{"AccessToken": got.access})
			h.call("AdminGetUser", fields{"UserPoolId": PoolID, "Username": jane})
		})
	}
	wg.Wait()
	count := 0
	for _, ok := range created {
		if ok {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d sign-ups with one e-mail succeeded", count)
	}
}
