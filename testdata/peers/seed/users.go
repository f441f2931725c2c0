package seed

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"

	chiadapter "github.com/awslabs/aws-lambda-go-api-proxy/chi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-playground/validator/v10"

	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/users"
	"rental.example/testdata/peers/validation"
)

type userService struct {
	store    users.Store
	validate *validator.Validate
	logger   *slog.Logger
}

// Users is the users function over a store.
func Users(store users.Store, origin string, logger *slog.Logger) Handler {
	s := userService{store: store, validate: validation.New(), logger: logger}
	router := newRouter(origin, logger)
	router.Route("/user", func(r chi.Router) {
		r.Use(private)
		r.With(middleware.AllowContentType("application/json")).Post("/", s.save)
		r.Get("/", s.own)
	})
	return chiadapter.New(router).ProxyWithContext
}

func (s userService) save(w http.ResponseWriter, r *http.Request) {
	var body users.Body
	if !decode(w, r, &body) {
		return
	}
	if err := s.validate.StructCtx(r.Context(), body); err != nil {
		fail(w, r, validation.Problem(http.StatusUnprocessableEntity, "validation_failed", err))
		return
	}
	saved, created, err := s.store.Save(r.Context(), users.New(callerOf(r), body, requestID(r)))
	if err != nil {
		s.logger.ErrorContext(r.Context(), "save a profile", "error", err)
		fail(w, r, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
		return
	}
	w.Header().Set("ETag", saved.ETag())
	status := http.StatusOK
	if created {
		status = http.StatusCreated
		w.Header().Set("Location", "/users/"+saved.ID)
	}
	answer(w, r, status, saved.View())
}

func (s userService) own(w http.ResponseWriter, r *http.Request) {
	profile, err := s.store.Get(r.Context(), users.IDOf(callerOf(r).Sub))
	switch {
	case errors.Is(err, users.ErrNotFound):
		fail(w, r, problem.New(http.StatusNotFound, "not_found", "There is no profile."))
	case err != nil:
		s.logger.ErrorContext(r.Context(), "get a profile", "error", err)
		fail(w, r, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
	default:
		w.Header().Set("ETag", profile.ETag())
		answer(w, r, http.StatusOK, profile.View())
	}
}

// decode reads the body, and answers if that is not one JSON object of known fields.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return true
		}
	}
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		fail(w, r, problem.New(http.StatusRequestEntityTooLarge, "payload_too_large", ""))
		return false
	}
	fail(w, r, problem.New(http.StatusBadRequest, "invalid_json", "The body must be one JSON object."))
	return false
}
