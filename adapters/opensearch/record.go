package opensearch

import (
	"encoding/hex"
	"errors"
	"fmt"

	"rental.example/domain"
	"rental.example/domain/item"
)

// itemRecord is an item as items.index.json has it. What the item does not have, the document does not.
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

func (r *itemRecord) read(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "id":
			d.text(&r.ID)
		case "ownerId":
			d.text(&r.OwnerID)
		case "ownerVersion":
			d.integer(&r.OwnerVersion)
		case "name":
			d.text(&r.Name)
		case "details":
			d.text(&r.Details)
		case "category":
			d.text(&r.Category)
		case "tags":
			d.texts(&r.Tags)
		case "priceCents":
			d.optional(&r.PriceCents)
		case "location":
			r.Location.read(d)
		case "version":
			d.integer(&r.Version)
		case "createdAt":
			d.integer(&r.CreatedAt)
		case "updatedAt":
			d.integer(&r.UpdatedAt)
		case "requestId":
			d.text(&r.RequestID)
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
		return errors.New("no digest")
	}
	_, err := hex.Decode(d[:], text)
	return err
}

func (g *digest) read(d *decoder) {
	const kind = "a digest"
	if !d.begins('"', kind) {
		return
	}
	var text string
	if d.text(&text); g.UnmarshalText([]byte(text)) != nil {
		d.fail(kind)
	}
}

// point is a geo_point, in degrees.
type point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

func (p *point) read(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "lat":
			d.float(&p.Lat)
		case "lon":
			d.float(&p.Lon)
		}
	}
}

func pointOf(p item.Place) point { return point{Lat: p.Lat, Lon: p.Lng} }

func recordOf(it item.Item) itemRecord {
	return itemRecord{
		ID: string(it.ID), OwnerID: string(it.OwnerID), OwnerVersion: int64(it.OwnerVersion),
		Name: it.Name, Details: it.Details, Category: it.Category, Tags: it.Tags,
		PriceCents: (*int64)(it.PricePerDay), Location: pointOf(it.Place),
		Version: int64(it.Version), CreatedAt: it.CreatedAt.UnixMicro(), UpdatedAt: it.UpdatedAt.UnixMicro(),
		RequestID: it.RequestID, Draft: digest(it.DraftDigest),
	}
}

// item is the item of r. What is stored is taken as it is, but for what cannot be an item's at all.
func (r itemRecord) item() (item.Item, error) {
	it := item.Item{
		OwnerID: domain.UserID(r.OwnerID), OwnerVersion: domain.Version(r.OwnerVersion),
		Name: r.Name, Details: r.Details, Category: r.Category, Tags: r.Tags,
		PricePerDay: (*item.Money)(r.PriceCents), Place: item.Place{Lat: r.Location.Lat, Lng: r.Location.Lon},
		Version: domain.Version(r.Version), CreatedAt: domain.Version(r.CreatedAt).Time(), UpdatedAt: domain.Version(r.UpdatedAt).Time(),
		RequestID: r.RequestID, DraftDigest: item.Digest(r.Draft),
	}
	var err error
	if it.ID, err = item.ParseID(r.ID); err != nil {
		return item.Item{}, fmt.Errorf("opensearch: a document has the id %q", r.ID)
	}
	return it, nil
}
