package items

import (
	"time"

	"rental.example/adapters/apigateway"
	"rental.example/domain"
	"rental.example/domain/item"
)

// itemBody is the body of POST /items.
type itemBody struct {
	name, details, category string
	tags                    []string
	pricePerDay, lat, lng   *float64
}

// Fields implements apigateway.Object.
func (b *itemBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.name),
		apigateway.NewField("details", &b.details),
		apigateway.NewField("category", &b.category),
		apigateway.NewField("tags", &b.tags),
		apigateway.NewField("pricePerDay", &b.pricePerDay),
		apigateway.NewField("lat", &b.lat),
		apigateway.NewField("lng", &b.lng),
	}
}

func (b *itemBody) draft() item.Draft {
	return item.Draft{
		Name: b.name, Details: b.details, Category: b.category, Tags: b.tags,
		PricePerDay: b.pricePerDay, Lat: b.lat, Lng: b.lng,
	}
}

// patchBody is the body of PATCH /items/{id}. A null clears; the domain refuses that where a value must be.
type patchBody struct {
	name, details, category domain.Optional[string]
	tags                    domain.Optional[[]string]
	pricePerDay, lat, lng   domain.Optional[float64]
}

// Fields implements apigateway.Object.
func (b *patchBody) Fields() []apigateway.Field {
	return []apigateway.Field{
		apigateway.NewField("name", &b.name),
		apigateway.NewField("details", &b.details),
		apigateway.NewField("category", &b.category),
		apigateway.NewField("tags", &b.tags),
		apigateway.NewField("pricePerDay", &b.pricePerDay),
		apigateway.NewField("lat", &b.lat),
		apigateway.NewField("lng", &b.lng),
	}
}

func (b *patchBody) patch() item.Patch {
	return item.Patch{
		Name: b.name, Details: b.details, Category: b.category, Tags: b.tags,
		PricePerDay: b.pricePerDay, Lat: b.lat, Lng: b.lng,
	}
}

// itemView is an item as people see it.
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
	DistanceKm  *float64  `json:"distanceKm,omitempty"` // of a search near a place
}

// ownerView has a name and ratings once they are known.
type ownerView struct {
	ID      domain.UserID `json:"id"`
	Name    string        `json:"name,omitempty"`
	Ratings *float64      `json:"ratings,omitempty"`
}

// newItemView is l as people see it. It points into l, so that a page of views takes little memory of its own.
func newItemView(l *item.WithOwner) itemView {
	it := &l.Item
	view := itemView{
		ID: it.ID, Owner: newOwnerView(it.OwnerID, &l.Owner), Name: it.Name, Details: it.Details, Category: it.Category,
		Tags: it.Tags, Lat: it.Place.Lat, Lng: it.Place.Lng, CreatedAt: it.CreatedAt, UpdatedAt: it.UpdatedAt,
	}
	if it.PricePerDay != nil {
		amount := it.PricePerDay.Amount()
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

// tagOf names the state of the item and of its owner, since the answer shows both.
func tagOf(l item.WithOwner) string {
	return apigateway.CompositeETag(l.Item.Version, l.Owner.DocumentVersion())
}

func itemAnswer(status int, l item.WithOwner, headers ...apigateway.Header) (response, error) {
	return apigateway.JSON(status, newItemView(&l), append(headers, apigateway.ETag(tagOf(l)))...)
}
