package ginpeer

import (
	"errors"
	"log/slog"
	"net/http"

	ginadapter "github.com/awslabs/aws-lambda-go-api-proxy/gin"
	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"

	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/users"
	"rental.example/testdata/peers/validation"
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
	engine := newEngine(origin, logger)
	group := engine.Group("/user", private)
	group.POST("", s.save)
	group.GET("", s.own)
	return ginadapter.New(engine).ProxyWithContext
}

func (s userService) save(c *gin.Context) {
	if c.ContentType() != binding.MIMEJSON {
		fail(c, problem.New(http.StatusUnsupportedMediaType, "unsupported_media_type", ""))
		return
	}
	var body users.Body
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	if err := c.ShouldBindJSON(&body); err != nil {
		refuse(c, err)
		return
	}
	saved, created, err := s.store.Save(c.Request.Context(), users.New(callerOf(c), body, requestID(c)))
	if err != nil {
		s.logger.ErrorContext(c.Request.Context(), "save a profile", "error", err)
		fail(c, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
		return
	}
	c.Header("ETag", saved.ETag())
	status := http.StatusOK
	if created {
		status = http.StatusCreated
		c.Header("Location", "/users/"+saved.ID)
	}
	answer(c, status, saved.View())
}

// refuse tells a body that is not acceptable from one that is none.
func refuse(c *gin.Context, err error) {
	var invalid validator.ValidationErrors
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &invalid):
		fail(c, validation.Problem(http.StatusUnprocessableEntity, "validation_failed", err))
	case errors.As(err, &tooLong):
		fail(c, problem.New(http.StatusRequestEntityTooLarge, "payload_too_large", ""))
	default:
		fail(c, problem.New(http.StatusBadRequest, "invalid_json", "The body must be one JSON object."))
	}
}

func (s userService) own(c *gin.Context) {
	profile, err := s.store.Get(c.Request.Context(), users.IDOf(callerOf(c).Sub))
	switch {
	case errors.Is(err, users.ErrNotFound):
		fail(c, problem.New(http.StatusNotFound, "not_found", "There is no profile."))
	case err != nil:
		s.logger.ErrorContext(c.Request.Context(), "get a profile", "error", err)
		fail(c, problem.New(http.StatusServiceUnavailable, "unavailable", ""))
	default:
		c.Header("ETag", profile.ETag())
		answer(c, http.StatusOK, profile.View())
	}
}
