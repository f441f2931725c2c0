// Package items is the function of /items: things to rent, and the search for them.
//
// A handler gets the caller, decodes the request, calls the use case, and encodes the response. adapters/apigateway decodes
// requests and maps errors to responses, and domain/item has the rules.
package items

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/lambdafn"
	"rental.example/domain/item"
)

// Config configures a Service.
type Config struct {
	Now    func() time.Time
	Random func() [10]byte // for new ids, as domain.RandomBits
	Logger *slog.Logger    // for clock skew
}

// Service has the handlers of the items service.
type Service struct {
	catalog *item.Catalog
	clock   lambdafn.Clock
}

// New returns a Service that uses these ports.
func New(store item.Store, search item.Search, owners item.Owners, config Config) *Service {
	clock := lambdafn.Clock{Now: config.Now, Logger: config.Logger}
	return &Service{catalog: item.NewCatalog(clockedStore{store, clock}, search, owners, config.Random), clock: clock}
}

// Routes returns the routes of the service, as in template.yaml.
func (s *Service) Routes() []apigateway.Route {
	return []apigateway.Route{
		{Method: "POST", Resource: "/items", Handle: s.create},
		{Method: "GET", Resource: "/items/{id}", Public: true, Handle: s.get},
		{Method: "PATCH", Resource: "/items/{id}", Handle: s.update},
		{Method: "DELETE", Resource: "/items/{id}", Handle: s.delete},
		{Method: "GET", Resource: "/items", Public: true, Handle: s.search},
	}
}

type (
	request  = events.APIGatewayProxyRequest
	response = events.APIGatewayProxyResponse
)

// create creates an item of the caller.
func (s *Service) create(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	body, err := apigateway.Decode[itemBody](req)
	if err != nil {
		return response{}, err
	}
	if err := apigateway.RejectConditions(req, "A new item has no state to compare. To repeat a request safely, send an Idempotency-Key."); err != nil {
		return response{}, err
	}
	key, err := apigateway.IdempotencyKey(req)
	if err != nil {
		return response{}, err
	}
	added, created, err := s.catalog.Add(ctx, caller, key, item.Draft(body), s.clock.Stamp(ctx))
	if err != nil {
		return response{}, err
	}
	status := http.StatusOK // retry of a request with an Idempotency-Key
	if created {
		status = http.StatusCreated
	}
	return itemResponse(status, added, apigateway.Location(req, "/items/"+string(added.Item.ID)))
}

// get returns one item.
func (s *Service) get(ctx context.Context, req request) (response, error) {
	cond, err := apigateway.ParseConditionalGet(req)
	if err != nil {
		return response{}, err
	}
	id, err := pathID(req)
	if err != nil {
		return response{}, err
	}
	found, err := s.catalog.Get(ctx, id)
	if err != nil {
		return response{}, err
	}
	tag := etag(found)
	notModified, err := cond.Check(tag)
	if err != nil {
		return response{}, err
	}
	if notModified {
		return apigateway.NotModified(tag)
	}
	return itemResponse(http.StatusOK, found)
}

// update applies a merge patch to an item of the caller.
func (s *Service) update(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	body, err := apigateway.Decode[patchBody](req)
	if err != nil {
		return response{}, err
	}
	cond, err := apigateway.ConditionsOnComposite(req)
	if err != nil {
		return response{}, err
	}
	id, err := pathID(req)
	if err != nil {
		return response{}, err
	}
	updated, err := s.catalog.Change(ctx, id, caller, cond, item.Patch(body), s.clock.Stamp(ctx))
	if err != nil {
		return response{}, err
	}
	return itemResponse(http.StatusOK, updated)
}

// delete deletes an item of the caller; an admin may delete any item.
func (s *Service) delete(ctx context.Context, req request) (response, error) {
	caller, err := apigateway.Caller(req)
	if err != nil {
		return response{}, err
	}
	cond, err := apigateway.ConditionsOnComposite(req)
	if err != nil {
		return response{}, err
	}
	id, err := pathID(req)
	if err != nil {
		return response{}, err
	}
	if err := s.catalog.Remove(ctx, id, caller, cond); err != nil {
		return response{}, err
	}
	return apigateway.NoContent()
}

func pathID(req request) (item.ID, error) {
	text, err := apigateway.PathParameter(req, "id")
	if err != nil {
		return "", err
	}
	return item.ParseID(text)
}
