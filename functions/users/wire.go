package users

import (
	"time"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cursor"
	"rental.example/domain"
	"rental.example/domain/user"
)

// profileBody is the body of POST /user.
type profileBody user.Draft

// Fields implements apigateway.Object.
func (b *profileBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.Name),
		apigateway.NewField("email", &b.Email),
		apigateway.NewField("ratings", &b.Ratings),
		apigateway.NewField("userType", &b.Type),
	}
}

// patchBody is the body of PATCH /user.
type patchBody user.Patch

// Fields implements apigateway.Object.
func (b *patchBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.Name),
		apigateway.NewField("email", &b.Email),
		apigateway.NewField("ratings", &b.Ratings),
		apigateway.NewField("userType", &b.Type),
	}
}

// profileView is a profile as its owner sees it. Its times are strings, which encoding/json encodes three times as fast as
// time.Time.
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

func profileResponse(status int, p user.Profile, headers ...apigateway.Header) (response, error) {
	view := profileView{
		ID: p.ID, Name: p.Name, Email: p.Email, EmailVerified: p.EmailVerified, UserType: p.Type,
		Ratings: p.Ratings, CreatedAt: p.CreatedAt.Format(time.RFC3339Nano), UpdatedAt: p.UpdatedAt.Format(time.RFC3339Nano),
	}
	all := append(make([]apigateway.Header, 0, 2), apigateway.ETag(apigateway.VersionETag(p.Version)))
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

func newPageView(q user.ListQuery, page user.Page) (pageView, error) {
	view := pageView{Users: make([]publicView, 0, len(page.Profiles))}
	for _, p := range page.Profiles {
		view.Users = append(view.Users, newPublicView(p))
	}
	if page.Next == nil {
		return view, nil
	}
	next := positionBody{CreatedAt: page.Next.CreatedAt.UnixMicro(), Type: page.Next.Type, ID: string(page.Next.ID)}
	var err error
	view.Next, err = cursor.Encode(cursorQuery(q), next)
	return view, err
}

// parseListQuery parses the query string of GET /users.
func parseListQuery(req request) (user.ListQuery, error) {
	params := apigateway.ParseQuery(req, "userType", "limit", "cursor")
	q, err := user.NewListQuery(user.ListParams{
		Limit: params.OptionalInt("limit", 1, domain.MaxLimit), Type: params.OptionalString("userType"),
	})
	if err != nil && !params.AddProblems(err, nil) {
		return q, err
	}
	position, paged := params.String("cursor")
	if err := params.Err(); err != nil || !paged {
		return q, err
	}
	var after positionBody
	if err := cursor.Decode(position, cursorQuery(q), &after); err != nil {
		return q, err
	}
	q.After, err = after.position(q)
	return q, err
}

// cursorQuery identifies the list that a cursor belongs to.
func cursorQuery(q user.ListQuery) string { return "users by creation, type " + string(q.Type) }

// positionBody is a user.Position in a cursor.
type positionBody struct {
	CreatedAt int64     `json:"c"` // microseconds since 1970
	Type      user.Type `json:"t"`
	ID        string    `json:"i"`
}

// position returns domain.ErrInvalidCursor for a position that is not in the list: a client can forge one.
func (b positionBody) position(q user.ListQuery) (*user.Position, error) {
	id, err := domain.ParseUserID(b.ID)
	if err != nil || !b.Type.Valid() || q.Type != "" && q.Type != b.Type || b.CreatedAt < 0 {
		return nil, domain.ErrInvalidCursor
	}
	return &user.Position{CreatedAt: time.UnixMicro(b.CreatedAt).UTC(), Type: b.Type, ID: id}, nil
}
