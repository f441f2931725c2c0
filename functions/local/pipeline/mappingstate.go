package pipeline

import (
	"context"
	"sync"
)

// mappingState says whether an event source mapping or a schedule is enabled.
type mappingState struct {
	mu      sync.Mutex
	enabled bool
	changed chan struct{} // closed at the next change
	nextID  int
	polls   map[int]context.CancelFunc // of the contexts of whileEnabled
}

func newMappingState(enabled bool) *mappingState {
	return &mappingState{enabled: enabled, changed: make(chan struct{}), polls: map[int]context.CancelFunc{}}
}

// set enables or disables the mapping. Disabling cancels the contexts of whileEnabled.
func (s *mappingState) set(enabled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if enabled == s.enabled {
		return
	}
	s.enabled = enabled
	close(s.changed)
	s.changed = make(chan struct{})
	for _, cancel := range s.polls {
		if !enabled {
			cancel()
		}
	}
}

func (s *mappingState) get() (enabled bool, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enabled, s.changed
}

// wait waits until the mapping is enabled. It returns false if ctx is done.
func (s *mappingState) wait(ctx context.Context) bool {
	for {
		enabled, changed := s.get()
		if enabled || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// ifEnabled calls do and returns true if the mapping is enabled. It cannot be disabled during the call.
func (s *mappingState) ifEnabled(do func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.enabled {
		do()
	}
	return s.enabled
}

// whileEnabled returns a context that is canceled when the mapping is disabled.
func (s *mappingState) whileEnabled(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.enabled {
		cancel()
	}
	id := s.nextID
	s.nextID++
	s.polls[id] = cancel
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.polls, id)
	}
}
