package ginpeer

import (
	"log/slog"
	"net/http"

	ginadapter "github.com/awslabs/aws-lambda-go-api-proxy/gin"
	"github.com/gin-gonic/gin"

	"rental.example/testdata/peers/items"
	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/validation"
)

type itemService struct {
	engine *items.Engine
	logger *slog.Logger
}

// Items is the items function's search over an engine.
func Items(engine *items.Engine, origin string, logger *slog.Logger) Handler {
	s := itemService{engine: engine, logger: logger}
	router := newEngine(origin, logger)
	router.GET("/items", s.search)
	return ginadapter.New(router).ProxyWithContext
}

func (s itemService) search(c *gin.Context) {
	var query items.Query
	if err := c.ShouldBindQuery(&query); err != nil {
		fail(c, validation.Problem(http.StatusBadRequest, "invalid_parameter", err))
		return
	}
	page, err := s.engine.Search(c.Request.Context(), query)
	if err != nil {
		s.logger.ErrorContext(c.Request.Context(), "search", "error", err)
		fail(c, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
		return
	}
	answer(c, http.StatusOK, page)
}
