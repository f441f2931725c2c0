package dynamousers

import (
	"encoding/json"

	"rental.example/adapters/dynamo"
	"rental.example/domain/user"
)

// Change is a write to the users table, with the record before and after it.
type Change dynamo.Change[user.Record]

// ParseChange parses a record of the users table's stream; see dynamo.ParseChange.
func ParseChange(record json.RawMessage) (Change, error) {
	c, err := dynamo.ParseChange(record, tableKeys(), decodeImage)
	return Change(c), err
}

// Record returns the stream record of c, as Lambda sends it and ParseChange parses it. Its time is that of the newer version.
func (c Change) Record() (json.RawMessage, error) {
	at := max(c.Before.Version(), c.After.Version()).Time()
	return dynamo.Change[user.Record](c).Record("users", tableKeys(), at, itemOf)
}

func decodeImage(image dynamo.Image) (user.Record, error) {
	i := new(item)
	if err := image.Decode(i.read); err != nil {
		return user.Record{}, err
	}
	return i.record()
}

// read reads an attribute of an image. It ignores those that item does not have.
func (i *item) read(name string, value dynamo.ImageValue) (err error) {
	switch name {
	case "id":
		i.ID, err = value.Text()
	case "version":
		i.Version, err = value.Integer()
	case "requestId":
		i.RequestID, err = value.Text()
	case "deletedVersion":
		i.LastDeleted, err = value.Integer()
	case "deletions":
		i.Deletions, err = value.Integer()
	case "deletionDay":
		i.DeletionDay, err = value.Integer()
	case "sub":
		i.Sub, err = value.Text()
	case "name":
		i.Name, err = value.Text()
	case "email":
		i.Email, err = value.Text()
	case "emailVerified":
		i.EmailVerified, err = value.Bool()
	case "userType":
		i.UserType, err = value.Text()
	case "ratings":
		i.Ratings, err = value.Float()
	case "typeShard":
		i.TypeShard, err = value.Text()
	case "createdAt":
		i.CreatedAt = new(int64)
		*i.CreatedAt, err = value.Integer()
	case "updatedAt":
		i.UpdatedAt, err = value.Integer()
	case "deletedAt":
		i.DeletedAt, err = value.Integer()
	case "expiresAt":
		i.ExpiresAt, err = value.Integer()
	}
	return err
}
