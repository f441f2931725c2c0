// Package users is the function of /user and /users: the profiles of users.
//
// A handler gets the caller, decodes the request, calls the use case, and encodes the response. adapters/apigateway decodes
// requests and maps errors to responses, and domain/user has the rules.
package users

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/lambdafn"
	"rental.example/domain/user"
)

// Service has the handlers of the users service.
type Service struct {
	directory *user.Directory
	clock     lambdafn.Clock
}

// New returns a Service. It takes versions and times from now, and logs clock skew.
func New(store user.Store, now func() time.Time, logger *slog.Logger) *Service {
	clock := lambdafn.Clock{Now: now, Logger: logger}
	return &Service{directory: user.NewDirectory(clockedStore{store, clock}), clock: clock}
}

// Routes returns the routes of the service, as in template.yaml.
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

// save creates or replaces the caller's profile.
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
	saved, created, err := s.directory.Save(ctx, caller, cond, user.Draft(body), s.clock.Stamp(ctx))
	if err != nil {
		return response{}, err
	}
	if created {
		return profileResponse(http.StatusCreated, saved, apigateway.Location(req, "/users/"+string(saved.ID)))
	}
	return profileResponse(http.StatusOK, saved)
}

// get returns the caller's profile.
func (s *Service) get(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	cond, err := apigateway.ParseConditionalGet(req)
	if err != nil {
		return response{}, err
	}
	profile, err := s.directory.Own(ctx, caller)
	if err != nil {
		return response{}, err
	}
	tag := apigateway.VersionETag(profile.Version)
	notModified, err := cond.Check(tag)
	if err != nil {
		return response{}, err
	}
	if notModified {
		return apigateway.NotModified(tag)
	}
	return profileResponse(http.StatusOK, profile)
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
	saved, err := s.directory.Change(ctx, caller, cond, user.Patch(body), s.clock.Stamp(ctx))
	if err != nil {
		return response{}, err
	}
	return profileResponse(http.StatusOK, saved)
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
	if _, err := s.directory.Remove(ctx, caller, cond, s.clock.Stamp(ctx)); err != nil {
		return response{}, err
	}
	return apigateway.NoContent()
}

// getPublic returns the public part of a profile to any signed-in user.
func (s *Service) getPublic(ctx context.Context, req request) (response, error) {
	if _, err := apigateway.Caller(req); err != nil {
		return response{}, err
	}
	id, err := apigateway.PathParameter(req, "id")
	if err != nil {
		return response{}, err
	}
	found, err := s.directory.Find(ctx, id)
	if err != nil {
		return response{}, err
	}
	return apigateway.JSON(http.StatusOK, newPublicView(found))
}

// list returns a page of all users to an admin.
func (s *Service) list(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	query, err := parseListQuery(req)
	if err != nil {
		return response{}, err
	}
	page, err := s.directory.List(ctx, caller, query)
	if err != nil {
		return response{}, err
	}
	view, err := newPageView(query, page)
	if err != nil {
		return response{}, err
	}
	return apigateway.JSON(http.StatusOK, view)
}
