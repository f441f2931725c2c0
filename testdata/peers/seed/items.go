package seed

import (
	"log/slog"
	"net/http"

	chiadapter "github.com/awslabs/aws-lambda-go-api-proxy/chi"
	"github.com/go-playground/validator/v10"

	"rental.example/testdata/peers/items"
	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/validation"
)

type itemService struct {
	engine   *items.Engine
	validate *validator.Validate
	logger   *slog.Logger
}

// Items is the items function's search over an engine.
func Items(engine *items.Engine, origin string, logger *slog.Logger) Handler {
	s := itemService{engine: engine, validate: validation.New(), logger: logger}
	router := newRouter(origin, logger)
	router.Get("/items", s.search)
	return chiadapter.New(router).ProxyWithContext
}

func (s itemService) search(w http.ResponseWriter, r *http.Request) {
	query, err := items.Parse(r.URL.Query())
	if err != nil {
		fail(w, r, problem.New(http.StatusBadRequest, "invalid_parameter", err.Error()))
		return
	}
	if err := s.validate.StructCtx(r.Context(), query); err != nil {
		fail(w, r, validation.Problem(http.StatusBadRequest, "invalid_parameter", err))
		return
	}
	page, err := s.engine.Search(r.Context(), query)
	if err != nil {
		s.logger.ErrorContext(r.Context(), "search", "error", err)
		fail(w, r, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
		return
	}
	answer(w, r, http.StatusOK, page)
}
