package seed

import (
	"context"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/users"
)

// claims are those of a Cognito ID token.
type claims struct {
	jwt.RegisteredClaims
	TokenUse      string   `json:"token_use"`
	Email         string   `json:"email"`
	EmailVerified bool     `json:"email_verified"`
	Groups        []string `json:"cognito:groups"`
}

type callerKey struct{}

// private lets those in who send an ID token. The gateway has verified it, so its claims are only read.
func private(next http.Handler) http.Handler {
	parser := jwt.NewParser()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		var c claims
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if _, _, err := parser.ParseUnverified(token, &c); err != nil || c.TokenUse != "id" || c.Subject == "" {
			fail(w, r, problem.New(http.StatusUnauthorized, "unauthenticated", ""))
			return
		}
		caller := users.Caller{Sub: c.Subject, Email: c.Email, EmailVerified: c.EmailVerified}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, caller)))
	})
}

func callerOf(r *http.Request) users.Caller {
	caller, _ := r.Context().Value(callerKey{}).(users.Caller)
	return caller
}
