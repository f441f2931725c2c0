// Package users is the function of /user and /users: the profiles of users.
//
// A handler gets the caller, decodes the request, calls the domain's constructor and the store, and encodes the response.
// adapters/apigateway decodes requests and maps errors to responses, and domain/user has the rules.
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

// Service has the handlers of the users service.
type Service struct {
	store  user.Store
	now    func() time.Time
	logger *slog.Logger
}

// New returns a Service. It takes versions and times from now, and logs clock skew.
func New(store user.Store, now func() time.Time, logger *slog.Logger) *Service {
	return &Service{store: store, now: now, logger: logger}
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
	if cond.NeedsRecord() { // report a missing record before problems of the body
		if _, err := s.store.Get(ctx, caller.ID); err != nil {
			return response{}, err
		}
	}
	profile, err := user.New(caller, user.Draft(body), s.stamp(ctx))
	if err != nil {
		return response{}, err
	}
	saved, created, err := s.store.Save(ctx, profile, cond)
	if err != nil {
		return response{}, err
	}
	apigateway.LogClockSkew(ctx, s.logger, saved.Version, s.now())
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
	profile, err := s.store.Get(ctx, caller.ID)
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
	saved, err := user.Update(ctx, s.store, caller.ID, cond, func(p user.Profile) (user.Profile, error) {
		return p.Change(caller, user.Patch(body), s.stamp(ctx))
	})
	if err != nil {
		return response{}, err
	}
	apigateway.LogClockSkew(ctx, s.logger, saved.Version, s.now())
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
	tombstone, err := s.store.Delete(ctx, caller.ID, cond, s.stamp(ctx))
	if err != nil {
		return response{}, err
	}
	apigateway.LogClockSkew(ctx, s.logger, tombstone.Version, s.now())
	return apigateway.NoContent()
}

// getPublic returns the public part of a profile to any signed-in user.
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
	if !caller.IsAdmin() {
		return response{}, domain.ErrForbidden
	}
	page, err := s.store.List(ctx, query)
	if err != nil {
		return response{}, err
	}
	view, err := newPageView(query, page)
	if err != nil {
		return response{}, err
	}
	return apigateway.JSON(http.StatusOK, view)
}

func (s *Service) stamp(ctx context.Context) domain.Stamp {
	return domain.Stamp{Time: s.now(), RequestID: lambdafn.RequestID(ctx)}
}
