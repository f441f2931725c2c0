// Package users is the function behind /user and /users: people's profiles.
//
// A handler reads top down: who calls, what they sent, the domain's constructor, the store, the answer.
// What it does not find here it finds by name: adapters/apigateway reads requests and makes answers of
// errors, domain/user has the rules, and an adapter of user.Store keeps the profiles.
package users

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/lambdafn"
	"rental.example/domain"
	"rental.example/domain/user"
)

// Service answers the requests of the users service.
type Service struct {
	store  user.Store
	now    func() time.Time
	logger *slog.Logger
}

// New makes a Service over a store. The clock gives versions and times; the logger hears of clocks that
// disagree.
func New(store user.Store, now func() time.Time, logger *slog.Logger) *Service {
	return &Service{store: store, now: now, logger: logger}
}

// Routes are the operations of the service, as template.yaml declares them.
func (s *Service) Routes() []apigateway.Route {
	return []apigateway.Route{
		{Method: "POST", Resource: "/user", Handle: s.save},
		{Method: "GET", Resource: "/user", Handle: s.get},
		{Method: "PATCH", Resource: "/user", Handle: s.update},
		{Method: "DELETE", Resource: "/user", Handle: s.delete},
		{Method: "GET", Resource: "/users/{id}", Handle: s.getPublic},
		{Method: "GET", Resource: "/users", Handle: s.list},
	}
}

type (
	request  = events.APIGatewayProxyRequest
	response = events.APIGatewayProxyResponse
)

// save makes or replaces the caller's profile.
func (s *Service) save(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	body, err := apigateway.Decode[profileBody](req)
	if err != nil {
		return response{}, err
	}
	cond, err := apigateway.Conditions(req)
	if err != nil {
		return response{}, err
	}
	if cond.NeedsRecord() { // a missing record is told before anything about the body
		if _, err := s.store.Get(ctx, caller.ID); err != nil {
			return response{}, err
		}
	}
	profile, err := user.New(caller, body.draft(), s.stamp(ctx))
	if err != nil {
		return response{}, err
	}
	saved, created, err := s.store.Save(ctx, profile, cond)
	if err != nil {
		return response{}, err
	}
	apigateway.WarnClockSkew(ctx, s.logger, saved.Version, s.now())
	if created {
		return profileAnswer(http.StatusCreated, saved, apigateway.Location(req, "/users/"+string(saved.ID)))
	}
	return profileAnswer(http.StatusOK, saved)
}

// get reads the caller's profile.
func (s *Service) get(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	cond, err := apigateway.ParseConditionalGet(req)
	if err != nil {
		return response{}, err
	}
	profile, err := s.store.Get(ctx, caller.ID)
	if err != nil {
		return response{}, err
	}
	tag := apigateway.VersionETag(profile.Version)
	known, err := cond.Check(tag)
	if err != nil {
		return response{}, err
	}
	if known {
		return apigateway.NotModified(tag)
	}
	return profileAnswer(http.StatusOK, profile)
}

// update applies a merge patch to the caller's profile.
func (s *Service) update(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	body, err := apigateway.Decode[patchBody](req)
	if err != nil {
		return response{}, err
	}
	cond, err := apigateway.Conditions(req)
	if err != nil {
		return response{}, err
	}
	saved, err := user.Update(ctx, s.store, caller.ID, cond, func(p user.Profile) (user.Profile, error) {
		return p.Change(caller, body.patch(), s.stamp(ctx))
	})
	if err != nil {
		return response{}, err
	}
	apigateway.WarnClockSkew(ctx, s.logger, saved.Version, s.now())
	return profileAnswer(http.StatusOK, saved)
}

// delete deletes the caller's profile.
func (s *Service) delete(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	cond, err := apigateway.Conditions(req)
	if err != nil {
		return response{}, err
	}
	tombstone, err := s.store.Delete(ctx, caller.ID, cond, s.stamp(ctx))
	if err != nil {
		return response{}, err
	}
	apigateway.WarnClockSkew(ctx, s.logger, tombstone.Version, s.now())
	return apigateway.NoContent()
}

// getPublic reads what anyone signed in may know of a user.
func (s *Service) getPublic(ctx context.Context, req request) (response, error) {
	if _, err := apigateway.Caller(req); err != nil {
		return response{}, err
	}
	text, err := apigateway.PathParameter(req, "id")
	if err != nil {
		return response{}, err
	}
	id, err := domain.ParseUserID(text)
	if err != nil {
		return response{}, err
	}
	profile, err := s.store.Get(ctx, id)
	if err != nil {
		return response{}, err
	}
	return apigateway.JSON(http.StatusOK, newPublicView(profile.Public()))
}

// list reads a page of all users, for admins.
func (s *Service) list(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	listing, err := parseListing(req)
	if err != nil {
		return response{}, err
	}
	if !caller.IsAdmin() {
		return response{}, domain.ErrForbidden
	}
	page, err := s.store.List(ctx, listing)
	if err != nil {
		return response{}, err
	}
	view, err := newPageView(listing, page)
	if err != nil {
		return response{}, err
	}
	return apigateway.JSON(http.StatusOK, view)
}

func (s *Service) stamp(ctx context.Context) domain.Stamp {
	return domain.Stamp{Time: s.now(), RequestID: lambdafn.RequestID(ctx)}
}
