package people

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"rental.example/domain"
)

// Export is the data that a deployed stack holds about a person, except backups.
type Export struct {
	ExportedAt time.Time       `json:"exportedAt"`
	UserID     string          `json:"userId"`
	Account    json.RawMessage `json:"account"` // in the user pool; null if there is none
	Profile    *exportedUser   `json:"profile"` // null if there is none
	// Items are the documents of the person's items, and Owner is their owner document.
	Items       []json.RawMessage   `json:"items"`
	Owner       json.RawMessage     `json:"owner"`
	DeadLetters map[string][]string `json:"deadLetters"` // messages about the person, by queue
	ErasedAt    *time.Time          `json:"erasedAt"`    // null if the person was not erased
	// UnusedIndices are indices not in use that also hold data about the person.
	UnusedIndices []string `json:"leftOverIndices"` // readers of earlier exports use this name
}

type exportedUser struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	EmailVerified bool      `json:"emailVerified"`
	UserType      string    `json:"userType"`
	Ratings       float64   `json:"ratings"`
	CreatedAt     time.Time `json:"createdAt"`
	UpdatedAt     time.Time `json:"updatedAt"`
	Version       int64     `json:"version"`
	RequestID     string    `json:"requestId"`
}

// Export collects the data about a person; account is their account in the user pool, as JSON.
func (s Stores) Export(ctx context.Context, p Person, account json.RawMessage, now time.Time) (Export, error) {
	e := Export{ExportedAt: now.UTC(), UserID: p.ID, Account: account, Items: []json.RawMessage{}, DeadLetters: map[string][]string{}, UnusedIndices: []string{}}
	id := domain.UserID(p.ID)
	profile, err := s.Users.Get(ctx, id)
	switch {
	case err == nil:
		e.Profile = &exportedUser{
			ID: p.ID, Name: profile.Name, Email: profile.Email, EmailVerified: profile.EmailVerified, UserType: string(profile.Type),
			Ratings: profile.Ratings, CreatedAt: profile.CreatedAt, UpdatedAt: profile.UpdatedAt,
			Version: int64(profile.Version), RequestID: profile.RequestID,
		}
	case !errors.Is(err, domain.ErrNotFound):
		return e, err
	}
	erased, err := s.Erasures.At(ctx, id)
	switch {
	case err == nil:
		e.ErasedAt = &erased
	case !errors.Is(err, domain.ErrNotFound):
		return e, err
	}
	return e, errors.Join(s.exportItems(ctx, id, &e), s.exportDeadLetters(ctx, p, &e))
}

func (s Stores) exportItems(ctx context.Context, id domain.UserID, e *Export) error {
	if s.Indices == nil {
		return nil
	}
	found, err := s.Indices.UserData(ctx, id)
	if err != nil {
		return err
	}
	e.Items, e.Owner = append(e.Items, found.Items...), found.Owner
	e.UnusedIndices = append(e.UnusedIndices, found.UnusedIndices...)
	return nil
}

func (s Stores) exportDeadLetters(ctx context.Context, p Person, e *Export) error {
	for name, queue := range s.DeadLetterQueues {
		messages, err := queue.About(ctx, p, false)
		if err != nil {
			return err
		}
		e.DeadLetters[name] = append([]string{}, messages...)
	}
	return nil
}
