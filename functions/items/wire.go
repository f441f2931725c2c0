package items

import (
	"time"

	"rental.example/adapters/apigateway"
	"rental.example/domain"
	"rental.example/domain/item"
)

// itemBody is the body of POST /items.
type itemBody item.Draft

// Fields implements apigateway.Object.
func (b *itemBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.Name),
		apigateway.NewField("details", &b.Details),
		apigateway.NewField("category", &b.Category),
		apigateway.NewField("tags", &b.Tags),
		apigateway.NewField("pricePerDay", &b.PricePerDay),
		apigateway.NewField("lat", &b.Lat),
		apigateway.NewField("lng", &b.Lng),
	}
}

// patchBody is the body of PATCH /items/{id}.
type patchBody item.Patch

// Fields implements apigateway.Object.
func (b *patchBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.Name),
		apigateway.NewField("details", &b.Details),
		apigateway.NewField("category", &b.Category),
		apigateway.NewField("tags", &b.Tags),
		apigateway.NewField("pricePerDay", &b.PricePerDay),
		apigateway.NewField("lat", &b.Lat),
		apigateway.NewField("lng", &b.Lng),
	}
}

// itemView is an item in a response.
type itemView struct {
	ID          item.ID   `json:"id"`
	Owner       ownerView `json:"owner"`
	Name        string    `json:"name"`
	Details     string    `json:"details,omitempty"`
	Category    string    `json:"category,omitempty"`
	Tags        []string  `json:"tags,omitempty"`
	PricePerDay *float64  `json:"pricePerDay,omitempty"`
	Lat         float64   `json:"lat"`
	Lng         float64   `json:"lng"`
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
	DistanceKm  *float64  `json:"distanceKm,omitempty"` // of a search near a point
}

// ownerView has a name and ratings if the owner's profile is known.
type ownerView struct {
	ID      domain.UserID `json:"id"`
	Name    string        `json:"name,omitempty"`
	Ratings *float64      `json:"ratings,omitempty"`
}

// newItemView returns the view of an item. It points into the item, which saves allocations.
func newItemView(w *item.WithOwner) itemView {
	i := &w.Item
	view := itemView{
		ID: i.ID, Owner: newOwnerView(i.OwnerID, &w.Owner), Name: i.Name, Details: i.Details, Category: i.Category,
		Tags: i.Tags, Lat: i.Place.Lat, Lng: i.Place.Lng, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	if i.PricePerDay != nil {
		amount := i.PricePerDay.Amount()
		view.PricePerDay = &amount
	}
	return view
}

func newOwnerView(id domain.UserID, o *item.Owner) ownerView {
	view := ownerView{ID: id}
	if o.HasProfile() {
		view.Name, view.Ratings = o.Name, &o.Ratings
	}
	return view
}

// etag returns the ETag of a response, which has an item and its owner.
func etag(w item.WithOwner) string {
	return apigateway.CompositeETag(w.Item.Version, w.Owner.ETagVersion())
}

func itemResponse(status int, w item.WithOwner, headers ...apigateway.Header) (response, error) {
	return apigateway.JSON(status, newItemView(&w), append(headers, apigateway.ETag(etag(w)))...)
}
