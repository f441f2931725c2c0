package people

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"rental.example/domain"
)

// Export is all that a deployed stack holds about a person at one time, but for backups.
type Export struct {
	ExportedAt time.Time       `json:"exportedAt"`
	UserID     string          `json:"userId"`
	Account    json.RawMessage `json:"account"` // of the user pool; null without one
	Profile    *exportedUser   `json:"profile"` // null without one
	// Items are documents of the index, and Owner is what items know of the person.
	Items       []json.RawMessage   `json:"items"`
	Owner       json.RawMessage     `json:"owner"`
	DeadLetters map[string][]string `json:"deadLetters"` // messages about the person, by queue
	ErasedAt    *time.Time          `json:"erasedAt"`    // null for one who was not erased
	// LeftOver are indices that are not in use and hold something about the person, too.
	LeftOver []string `json:"leftOverIndices"`
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

// Export collects what is held about the person; account is what the user pool says.
func (s Stores) Export(ctx context.Context, p Person, account json.RawMessage, now time.Time) (Export, error) {
	e := Export{ExportedAt: now.UTC(), UserID: p.ID, Account: account, Items: []json.RawMessage{}, DeadLetters: map[string][]string{}, LeftOver: []string{}}
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
	return e, errors.Join(s.exportItems(ctx, id, &e), s.exportLetters(ctx, p, &e))
}

func (s Stores) exportItems(ctx context.Context, id domain.UserID, e *Export) error {
	if s.Indices == nil {
		return nil
	}
	held, err := s.Indices.UserData(ctx, id)
	if err != nil {
		return err
	}
	e.Items, e.Owner = append(e.Items, held.Items...), held.Owner
	e.LeftOver = append(e.LeftOver, held.UnusedIndices...)
	return nil
}

func (s Stores) exportLetters(ctx context.Context, p Person, e *Export) error {
	for name, letters := range s.Letters {
		messages, err := letters.About(ctx, p, false)
		if err != nil {
			return err
		}
		e.DeadLetters[name] = append([]string{}, messages...)
	}
	return nil
}
