package pipeline

import (
	"context"
	"sync"
)

// gate lets a mapping feed its function, or stops it.
type gate struct {
	mu     sync.Mutex
	isOpen bool
	open   chan struct{}   // closed while the gate is open
	closed context.Context // over while it is not
	close  context.CancelFunc
}

func newGate() *gate {
	g := &gate{open: make(chan struct{})}
	g.set(true)
	return g
}

// set opens or closes the gate.
func (g *gate) set(open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case open && !g.isOpen:
		g.closed, g.close = context.WithCancel(context.Background())
		close(g.open)
	case !open && g.isOpen:
		g.open = make(chan struct{})
		g.close()
	}
	g.isOpen = open
}

// pass waits until the gate is open. It reports false once ctx is done.
func (g *gate) pass(ctx context.Context) bool {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	select {
	case <-open:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// ifOpen calls do, unless the gate is closed, and does not let it close meanwhile. It reports whether it did.
func (g *gate) ifOpen(do func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.isOpen {
		do()
	}
	return g.isOpen
}

// whileOpen is a context that ends with ctx and when the gate closes.
func (g *gate) whileOpen(ctx context.Context) (context.Context, context.CancelFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(g.closed, cancel)
	return ctx, func() { stop(); cancel() }
}

func (g *gate) polling() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.isOpen
}
