package raw

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"unicode/utf8"

	"rental.example/testdata/peers/items"
	"rental.example/testdata/peers/problem"
)

type itemService struct {
	engine *items.Engine
	logger *slog.Logger
}

// Items is the items function's search over an engine.
func Items(engine *items.Engine, origin string, logger *slog.Logger) Handler {
	s := itemService{engine: engine, logger: logger}
	return serve(map[string]func(context.Context, request) response{"GET /items": s.search}, origin, logger)
}

func (s itemService) search(ctx context.Context, req request) response {
	query, err := items.Parse(req.MultiValueQueryStringParameters)
	if err == nil {
		err = checkQuery(query)
	}
	if err != nil {
		return fail(ctx, problem.New(http.StatusBadRequest, "invalid_parameter", err.Error()))
	}
	page, err := s.engine.Search(ctx, query)
	if err != nil {
		s.logger.ErrorContext(ctx, "search", "error", err)
		return fail(ctx, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
	}
	return answer(ctx, http.StatusOK, page)
}

func checkQuery(q items.Query) error {
	switch {
	case utf8.RuneCountInString(q.Text) > 200:
		return errors.New("q must have at most 200 characters")
	case (q.Lat == nil) != (q.Lng == nil):
		return errors.New("lat and lng belong together")
	case q.Lat != nil && (*q.Lat < -90 || *q.Lat > 90 || *q.Lng < -180 || *q.Lng > 180):
		return errors.New("lat and lng must be on the earth")
	case q.RadiusKm <= 0 || q.RadiusKm > 500:
		return errors.New("radiusKm must be more than 0 and at most 500")
	case q.MinPrice != nil && *q.MinPrice < 0, q.MaxPrice != nil && *q.MaxPrice < 0:
		return errors.New("prices must not be negative")
	case q.Limit < 1 || q.Limit > 50:
		return errors.New("limit must be 1 to 50")
	case !slices.Contains([]string{"", "relevance", "distance", "price", "-price", "newest"}, q.Sort):
		return errors.New("sort is none that there is")
	}
	return nil
}
