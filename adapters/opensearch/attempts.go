package opensearch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"rental.example/domain"
)

// unsentError is why an attempt was not made.
type unsentError struct{ error }

func (e *unsentError) Unwrap() error { return e.error }

// attempts watches the attempts of a call.
type attempts struct {
	// lost tells that one of them ended without an answer of the engine's, so that it may have taken
	// effect, and be the very reason why the next one was refused.
	lost bool
}

type attemptsKey struct{}

// watch returns a context whose requests are watched.
func watch(ctx context.Context) (context.Context, *attempts) {
	a := new(attempts)
	return context.WithValue(ctx, attemptsKey{}, a), a
}

func attemptsOf(ctx context.Context) *attempts {
	if a, ok := ctx.Value(attemptsKey{}).(*attempts); ok {
		return a
	}
	return new(attempts)
}

func (a *attempts) note(answer *http.Response, err error) {
	if err == nil {
		a.lost = a.lost || answer.StatusCode >= http.StatusInternalServerError
		return
	}
	var unsent *unsentError
	var network *net.OpError
	if !errors.As(err, &unsent) && (!errors.As(err, &network) || network.Op != "dial") {
		a.lost = true
	}
}

// doubt is err, the refusal of a write, unless an earlier attempt of the same call may have taken effect
// and been overtaken by another's write since. Nobody can tell then.
func (a *attempts) doubt(err error) error {
	if a.lost {
		return fmt.Errorf("opensearch: refused after an attempt of unknown outcome: %w: %v", domain.ErrUnavailable, err)
	}
	return err
}
