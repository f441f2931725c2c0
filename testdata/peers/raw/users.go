package raw

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/mail"
	"strings"
	"unicode/utf8"

	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/users"
)

// maxBody is the longest body that is read, in bytes.
const maxBody = 64 << 10

type userService struct {
	store  users.Store
	logger *slog.Logger
}

// Users is the users function over a store.
func Users(store users.Store, origin string, logger *slog.Logger) Handler {
	s := userService{store: store, logger: logger}
	return serve(map[string]func(context.Context, request) response{
		"POST /user": private(s.save),
		"GET /user":  private(s.own),
	}, origin, logger)
}

// private lets those in whose ID token the gateway has verified.
func private(handle func(context.Context, users.Caller, request) response) func(context.Context, request) response {
	return func(ctx context.Context, req request) response {
		caller, known := callerOf(req)
		if !known {
			return fail(ctx, problem.New(http.StatusUnauthorized, "unauthenticated", ""))
		}
		resp := handle(ctx, caller, req)
		resp.Headers["Cache-Control"] = "no-store"
		return resp
	}
}

func (s userService) save(ctx context.Context, caller users.Caller, req request) response {
	body, p := decode(req)
	if p == nil {
		p = check(body)
	}
	if p != nil {
		return fail(ctx, *p)
	}
	saved, created, err := s.store.Save(ctx, users.New(caller, body, requestID(ctx)))
	if err != nil {
		s.logger.ErrorContext(ctx, "save a profile", "error", err)
		return fail(ctx, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	resp := answer(ctx, status, saved.View())
	resp.Headers["ETag"] = saved.ETag()
	if created {
		resp.Headers["Location"] = "/users/" + saved.ID
	}
	return resp
}

func (s userService) own(ctx context.Context, caller users.Caller, _ request) response {
	profile, err := s.store.Get(ctx, users.IDOf(caller.Sub))
	switch {
	case errors.Is(err, users.ErrNotFound):
		return fail(ctx, problem.New(http.StatusNotFound, "not_found", "There is no profile."))
	case err != nil:
		s.logger.ErrorContext(ctx, "get a profile", "error", err)
		return fail(ctx, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
	}
	resp := answer(ctx, http.StatusOK, profile.View())
	resp.Headers["ETag"] = profile.ETag()
	return resp
}

// decode reads the body, which must be one JSON object of known fields.
func decode(req request) (body users.Body, _ *problem.Problem) {
	refused := func(status int, code string) *problem.Problem {
		p := problem.New(status, code, "")
		return &p
	}
	if len(req.Body) > maxBody {
		return body, refused(http.StatusRequestEntityTooLarge, "payload_too_large")
	}
	if media, _, err := mime.ParseMediaType(header(req, "Content-Type")); err != nil || media != "application/json" {
		return body, refused(http.StatusUnsupportedMediaType, "unsupported_media_type")
	}
	d := json.NewDecoder(strings.NewReader(req.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return body, refused(http.StatusBadRequest, "invalid_json")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return body, refused(http.StatusBadRequest, "invalid_json")
	}
	return body, nil
}

// check names all fields that are not acceptable.
func check(b users.Body) *problem.Problem {
	p := problem.New(http.StatusUnprocessableEntity, "validation_failed", "Some fields are not acceptable.")
	refuse := func(field, code, message string) {
		p.Errors = append(p.Errors, problem.Field{Field: field, Code: code, Message: message})
	}
	if n := utf8.RuneCountInString(b.Name); n < 1 || n > 100 {
		refuse("name", "invalid", "must have 1 to 100 characters")
	}
	if address, err := mail.ParseAddress(b.Email); err != nil || address.Address != b.Email || len(b.Email) > 254 {
		refuse("email", "invalid", "must be an e-mail address")
	}
	if b.Ratings < 0 || b.Ratings > 100 {
		refuse("ratings", "out_of_range", "must be a number from 0 to 100")
	}
	if b.UserType != "renter" && b.UserType != "rentee" {
		refuse("userType", "invalid", "must be renter or rentee")
	}
	if len(p.Errors) == 0 {
		return nil
	}
	return &p
}
