package opensearchitems

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// itemRecord is an item as a document of items.index.json. Absent fields of the item are absent in the document.
type itemRecord struct {
	ID           string   `json:"id"`
	OwnerID      string   `json:"ownerId"`
	OwnerVersion int64    `json:"ownerVersion"`
	Name         string   `json:"name"`
	Details      string   `json:"details,omitempty"`
	Category     string   `json:"category,omitempty"`
	Tags         []string `json:"tags,omitempty"`
	PriceCents   *int64   `json:"priceCents,omitempty"`
	Location     point    `json:"location"`
	Version      int64    `json:"version"`
	CreatedAt    int64    `json:"createdAt"` // microseconds since 1970, as a date would sort by the millisecond
	UpdatedAt    int64    `json:"updatedAt"` // microseconds since 1970
	RequestID    string   `json:"requestId,omitempty"`
	Draft        digest   `json:"draft"`
}

// Read implements opensearch.Readable.
func (r *itemRecord) Read(d *opensearch.Decoder) {
	for name := range d.Members {
		switch string(name) {
		case "id":
			d.String(&r.ID)
		case "ownerId":
			d.String(&r.OwnerID)
		case "ownerVersion":
			d.Integer(&r.OwnerVersion)
		case "name":
			d.String(&r.Name)
		case "details":
			d.String(&r.Details)
		case "category":
			d.String(&r.Category)
		case "tags":
			d.Strings(&r.Tags)
		case "priceCents":
			d.Optional(&r.PriceCents)
		case "location":
			r.Location.read(d)
		case "version":
			d.Integer(&r.Version)
		case "createdAt":
			d.Integer(&r.CreatedAt)
		case "updatedAt":
			d.Integer(&r.UpdatedAt)
		case "requestId":
			d.String(&r.RequestID)
		case "draft":
			r.Draft.read(d)
		}
	}
}

// digest is an item.Digest in hexadecimal.
type digest item.Digest

// MarshalText implements encoding.TextMarshaler.
func (d digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return errors.New("invalid digest")
	}
	_, err := hex.Decode(d[:], text)
	return err
}

func (g *digest) read(d *opensearch.Decoder) {
	if !d.Begins('"', "a digest") {
		return
	}
	var text string
	d.String(&text)
	if g.UnmarshalText([]byte(text)) != nil {
		d.Fail("a digest")
	}
}

// point is a geo_point, in degrees.
type point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

func (p *point) read(d *opensearch.Decoder) {
	for name := range d.Members {
		switch string(name) {
		case "lat":
			d.Float(&p.Lat)
		case "lon":
			d.Float(&p.Lon)
		}
	}
}

func pointOf(p item.Place) point { return point{Lat: p.Lat, Lon: p.Lng} }

// fromMicros returns the time of n microseconds since 1970.
func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }

func recordOf(i item.Item) itemRecord {
	return itemRecord{
		ID: string(i.ID), OwnerID: string(i.OwnerID), OwnerVersion: int64(i.OwnerVersion),
		Name: i.Name, Details: i.Details, Category: i.Category, Tags: i.Tags,
		PriceCents: (*int64)(i.PricePerDay), Location: pointOf(i.Place),
		Version: int64(i.Version), CreatedAt: i.CreatedAt.UnixMicro(), UpdatedAt: i.UpdatedAt.UnixMicro(),
		RequestID: i.RequestID, Draft: digest(i.DraftDigest),
	}
}

// item returns the item of r. It validates nothing but the id: an item that was valid when it was stored stays readable.
func (r itemRecord) item() (item.Item, error) {
	i := item.Item{
		OwnerID: domain.UserID(r.OwnerID), OwnerVersion: domain.Version(r.OwnerVersion),
		Name: r.Name, Details: r.Details, Category: r.Category, Tags: r.Tags,
		PricePerDay: (*item.Money)(r.PriceCents), Place: item.Place{Lat: r.Location.Lat, Lng: r.Location.Lon},
		Version: domain.Version(r.Version), CreatedAt: fromMicros(r.CreatedAt), UpdatedAt: fromMicros(r.UpdatedAt),
		RequestID: r.RequestID, DraftDigest: item.Digest(r.Draft),
	}
	var err error
	if i.ID, err = item.ParseID(r.ID); err != nil {
		return item.Item{}, fmt.Errorf("opensearch: a document has the invalid id %q", r.ID)
	}
	return i, nil
}
