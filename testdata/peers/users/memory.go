package users

import (
	"context"
	"sync"
)

// Memory is a Store in memory.
type Memory struct {
	mu       sync.Mutex
	profiles map[string]Profile
}

// NewMemory makes a store that holds nothing.
func NewMemory() *Memory { return &Memory{profiles: make(map[string]Profile)} }

// Save implements Store.
func (m *Memory) Save(_ context.Context, p Profile) (Profile, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, present := m.profiles[p.ID]
	if present {
		p.CreatedAt = old.CreatedAt
	}
	m.profiles[p.ID] = p
	return p, !present, nil
}

// Get implements Store.
func (m *Memory) Get(_ context.Context, id string) (Profile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, present := m.profiles[id]
	if !present {
		return Profile{}, ErrNotFound
	}
	return p, nil
}
