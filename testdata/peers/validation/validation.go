// Package validation turns what go-playground/validator finds into problems.
package validation

import (
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"rental.example/testdata/peers/problem"
)

// New makes a validator of struct tags that calls fields what clients call them.
func New() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(FieldName)
	return v
}

// FieldName is what clients call a field: its name in JSON or in a query string.
func FieldName(f reflect.StructField) string {
	for _, tag := range []string{"json", "form"} {
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" && name != "-" {
			return name
		}
	}
	return f.Name
}

// Problem names all fields that a validator refused.
func Problem(status int, code string, err error) problem.Problem {
	p := problem.New(status, code, "Some fields are not acceptable.")
	var refused validator.ValidationErrors
	if errors.As(err, &refused) {
		for _, e := range refused {
			p.Errors = append(p.Errors, problem.Field{
				Field: e.Field(), Code: e.Tag(), Message: strings.TrimSpace("must satisfy " + e.Tag() + " " + e.Param()),
			})
		}
	}
	return p
}
