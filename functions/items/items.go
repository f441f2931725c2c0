// Package items is the function behind /items: things to rent, and the search for them.
//
// A handler reads top down: who calls, what they sent, the catalogue, the answer. What it does not find
// here it finds by name: adapters/apigateway reads requests and makes answers of errors, domain/item has
// the rules, and an adapter of its ports keeps the items.
package items

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/lambdafn"
	"rental.example/domain"
	"rental.example/domain/item"
)

// Config is what a Service needs beside its catalogue.
type Config struct {
	Now func() time.Time
	// Random fills the part of a new item's id that is not its time.
	Random func() [10]byte
	Logger *slog.Logger // hears of clocks that disagree
}

// Service answers the requests of the items service.
type Service struct {
	catalog *item.Catalog
	config  Config
}

// New makes a Service over a catalogue.
func New(catalog *item.Catalog, config Config) *Service {
	return &Service{catalog: catalog, config: config}
}

// Routes are the operations of the service, as template.yaml declares them.
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

// create lists an item of the caller's.
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
	stamp := s.stamp(ctx)
	id, err := s.newID(req, caller, stamp)
	if err != nil {
		return response{}, err
	}
	listing, created, err := s.catalog.Add(ctx, id, caller, body.draft(), stamp)
	if err != nil {
		return response{}, err
	}
	apigateway.WarnClockSkew(ctx, s.config.Logger, listing.Item.Version, s.config.Now())
	status := http.StatusOK // the repetition of a request with an Idempotency-Key
	if created {
		status = http.StatusCreated
	}
	return itemAnswer(status, listing, apigateway.Location(req, "/items/"+string(id)))
}

// newID is the id of the item that a request makes: the same for the same Idempotency-Key.
func (s *Service) newID(req request, caller domain.Caller, stamp domain.Stamp) (item.ID, error) {
	key, present, err := apigateway.IdempotencyKey(req)
	if err != nil || present {
		return item.KeyedID(caller.ID, key), err
	}
	return item.NewID(stamp.Time, s.config.Random()), nil
}

// get reads one item.
func (s *Service) get(ctx context.Context, req request) (response, error) {
	cond, err := apigateway.ParseConditionalGet(req)
	if err != nil {
		return response{}, err
	}
	id, err := pathID(req)
	if err != nil {
		return response{}, err
	}
	listing, err := s.catalog.Get(ctx, id)
	if err != nil {
		return response{}, err
	}
	tag := tagOf(listing)
	known, err := cond.Check(tag)
	if err != nil {
		return response{}, err
	}
	if known {
		return apigateway.NotModified(tag)
	}
	return itemAnswer(http.StatusOK, listing)
}

// update applies a merge patch to an item of the caller's.
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
	listing, err := s.catalog.Change(ctx, id, caller, cond, body.patch(), s.stamp(ctx))
	if err != nil {
		return response{}, err
	}
	apigateway.WarnClockSkew(ctx, s.config.Logger, listing.Item.Version, s.config.Now())
	return itemAnswer(http.StatusOK, listing)
}

// delete deletes an item of the caller's, or anybody's for an admin.
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

func (s *Service) stamp(ctx context.Context) domain.Stamp {
	return domain.Stamp{Time: s.config.Now(), RequestID: lambdafn.RequestID(ctx)}
}
