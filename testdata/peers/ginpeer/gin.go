// Package ginpeer is the same job on gin, behind aws-lambda-go-api-proxy. Gin brings the validator; claims are
// those of the authorizer.
package ginpeer

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"

	"rental.example/testdata/peers/problem"
	"rental.example/testdata/peers/users"
	"rental.example/testdata/peers/validation"
)

// Handler is what lambda.Start takes.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

func newEngine(origin string, logger *slog.Logger) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	gin.EnableJsonDecoderDisallowUnknownFields()
	if v, ok := binding.Validator.Engine().(*validator.Validate); ok {
		v.RegisterTagNameFunc(validation.FieldName)
	}
	engine := gin.New()
	engine.Use(logged(logger), gin.Recovery(), headers(origin))
	engine.NoRoute(func(c *gin.Context) { fail(c, problem.New(http.StatusNotFound, "route_not_found", "No such route.")) })
	return engine
}

// logged writes a line for each request.
func logged(logger *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		c.Next()
		logger.LogAttrs(c.Request.Context(), slog.LevelInfo, "request",
			slog.String("function_request_id", requestID(c)),
			slog.String("route", c.Request.Method+" "+c.FullPath()),
			slog.Int("status", c.Writer.Status()),
			slog.Float64("duration_ms", float64(time.Since(start).Microseconds())/1000))
	}
}

// headers adds what every answer has.
func headers(origin string) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Access-Control-Allow-Origin", origin)
		c.Header("Access-Control-Expose-Headers", "ETag, Location, Retry-After")
		c.Header("Vary", "Origin")
		c.Header("X-Content-Type-Options", "nosniff")
	}
}

// private lets those in whose ID token the gateway has verified.
func private(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	if caller := callerOf(c); caller.Sub == "" {
		fail(c, problem.New(http.StatusUnauthorized, "unauthenticated", ""))
	}
}

func callerOf(c *gin.Context) users.Caller {
	event, _ := core.GetAPIGatewayContextFromContext(c.Request.Context())
	claims, _ := event.Authorizer["claims"].(map[string]any)
	claim := func(name string) string {
		text, _ := claims[name].(string)
		return text
	}
	if claim("token_use") != "id" {
		return users.Caller{}
	}
	return users.Caller{Sub: claim("sub"), Email: claim("email"), EmailVerified: claim("email_verified") == "true"}
}

// answer sends JSON under the media type's own name: gin's adds a charset, which JSON does not have.
func answer(c *gin.Context, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		fail(c, problem.New(http.StatusInternalServerError, "internal", ""))
		return
	}
	c.Data(status, "application/json", data)
}

func fail(c *gin.Context, p problem.Problem) {
	p.RequestID = requestID(c)
	c.Data(p.Status, problem.ContentType, p.JSON())
	c.Abort()
}

// requestID is the id of the invocation.
func requestID(c *gin.Context) string {
	if lc, ok := lambdacontext.FromContext(c.Request.Context()); ok {
		return lc.AwsRequestID
	}
	return ""
}
