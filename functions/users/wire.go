package users

import (
	"time"

	"rental.example/adapters/apigateway"
	"rental.example/domain"
	"rental.example/domain/user"
)

// profileBody is the body of POST /user.
type profileBody struct {
	name, email, userType string
	ratings               float64
}

// Fields implements apigateway.Object.
func (b *profileBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.name),
		apigateway.NewField("email", &b.email),
		apigateway.NewField("ratings", &b.ratings),
		apigateway.NewField("userType", &b.userType),
	}
}

func (b *profileBody) draft() user.Draft {
	return user.Draft{Name: b.name, Email: b.email, Type: b.userType, Ratings: b.ratings}
}

// patchBody is the body of PATCH /user. A null asks for the empty value, which the domain refuses but
// for ratings.
type patchBody struct {
	name, email, userType domain.Optional[string]
	ratings               domain.Optional[float64]
}

// Fields implements apigateway.Object.
func (b *patchBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.name),
		apigateway.NewField("email", &b.email),
		apigateway.NewField("ratings", &b.ratings),
		apigateway.NewField("userType", &b.userType),
	}
}

func (b *patchBody) patch() user.Patch {
	return user.Patch{Name: b.name, Email: b.email, Type: b.userType, Ratings: b.ratings}
}

// profileView is a profile as its owner sees it. Its times are texts, which encoding/json writes in a third of the
// time that a time.Time takes.
type profileView struct {
	ID            domain.UserID `json:"id"`
	Name          string        `json:"name"`
	Email         string        `json:"email"`
	EmailVerified bool          `json:"emailVerified"`
	UserType      user.Type     `json:"userType"`
	Ratings       float64       `json:"ratings"`
	CreatedAt     string        `json:"createdAt"`
	UpdatedAt     string        `json:"updatedAt"`
}

func profileAnswer(status int, p user.Profile, headers ...apigateway.Header) (response, error) {
	view := profileView{
		ID: p.ID, Name: p.Name, Email: p.Email, EmailVerified: p.EmailVerified, UserType: p.Type,
		Ratings: p.Ratings, CreatedAt: p.CreatedAt.Format(time.RFC3339Nano), UpdatedAt: p.UpdatedAt.Format(time.RFC3339Nano),
	}
	all := append(make([]apigateway.Header, 0, 2), apigateway.ETag(apigateway.VersionETag(p.Version))) // on the stack
	return apigateway.JSON(status, view, append(all, headers...)...)
}

// publicView is a profile as others see it.
type publicView struct {
	ID        domain.UserID `json:"id"`
	Name      string        `json:"name"`
	UserType  user.Type     `json:"userType"`
	Ratings   float64       `json:"ratings"`
	CreatedAt time.Time     `json:"createdAt"`
}

func newPublicView(p user.Public) publicView {
	return publicView{ID: p.ID, Name: p.Name, UserType: p.Type, Ratings: p.Ratings, CreatedAt: p.CreatedAt}
}

// pageView is the body of GET /users.
type pageView struct {
	Users []publicView `json:"users"`
	Next  string       `json:"next,omitempty"`
}

func newPageView(l user.ListQuery, page user.Page) (pageView, error) {
	view := pageView{Users: make([]publicView, 0, len(page.Profiles))}
	for _, p := range page.Profiles {
		view.Users = append(view.Users, newPublicView(p))
	}
	if page.Next == nil {
		return view, nil
	}
	next := positionBody{CreatedAt: page.Next.CreatedAt.UnixMicro(), Type: page.Next.Type, ID: string(page.Next.ID)}
	var err error
	view.Next, err = apigateway.EncodeCursor(listingQuery(l), next)
	return view, err
}

const (
	defaultLimit = 10
	maxLimit     = 50
)

// parseListing reads the query string of GET /users.
func parseListing(req request) (user.ListQuery, error) {
	query := apigateway.ParseQuery(req, "userType", "limit", "cursor")
	l := user.ListQuery{Limit: query.Int("limit", 1, maxLimit, defaultLimit)}
	if text, ok := query.String("userType"); ok {
		if l.Type = user.Type(text); !l.Type.Valid() {
			query.AddProblem("userType", "must be renter or rentee")
		}
	}
	cursor, paged := query.String("cursor")
	if err := query.Err(); err != nil || !paged {
		return l, err
	}
	var after positionBody
	if err := apigateway.DecodeCursor(cursor, listingQuery(l), &after); err != nil {
		return l, err
	}
	var err error
	l.After, err = after.position(l)
	return l, err
}

// listingQuery is what a cursor of the listing is bound to.
func listingQuery(l user.ListQuery) string { return "users by creation, type " + string(l.Type) }

// positionBody is a user.Position inside a cursor.
type positionBody struct {
	CreatedAt int64     `json:"c"` // microseconds since 1970
	Type      user.Type `json:"t"`
	ID        string    `json:"i"`
}

// position checks what a client could have made up: a position is only ever one that the listing passes.
func (b positionBody) position(l user.ListQuery) (*user.Position, error) {
	id, err := domain.ParseUserID(b.ID)
	if err != nil || !b.Type.Valid() || l.Type != "" && l.Type != b.Type || b.CreatedAt < 0 {
		return nil, apigateway.ErrInvalidCursor
	}
	return &user.Position{CreatedAt: time.UnixMicro(b.CreatedAt).UTC(), Type: b.Type, ID: id}, nil
}
