package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"rental.example/adapters/rawjson"
)

// readImage reads an image of a stream record. It ignores attributes that userItem does not have. Errors name attributes
// and have no values, which may be personal.
func readImage(image string) (*userItem, error) {
	if rawjson.Kind(image) != '{' {
		return nil, errors.New("is not an object")
	}
	i := new(userItem)
	for name, value := range rawjson.Members(image) {
		if err := i.readAttribute(name, value); err != nil {
			return nil, fmt.Errorf("attribute %s %w", name, err)
		}
	}
	return i, nil
}

func (i *userItem) readAttribute(name, value string) (err error) {
	switch name {
	case "id":
		i.ID, err = readString(value)
	case "version":
		i.Version, err = readInteger(value)
	case "requestId":
		i.RequestID, err = readString(value)
	case "deletedVersion":
		i.LastDeleted, err = readInteger(value)
	case "deletions":
		i.Deletions, err = readInteger(value)
	case "deletionDay":
		i.DeletionDay, err = readInteger(value)
	case "sub":
		i.Sub, err = readString(value)
	case "name":
		i.Name, err = readString(value)
	case "email":
		i.Email, err = readString(value)
	case "emailVerified":
		i.EmailVerified, err = readBool(value)
	case "userType":
		i.UserType, err = readString(value)
	case "ratings":
		i.Ratings, err = readFloat(value)
	case "typeShard":
		i.TypeShard, err = readString(value)
	case "createdAt":
		i.CreatedAt = new(int64)
		*i.CreatedAt, err = readInteger(value)
	case "updatedAt":
		i.UpdatedAt, err = readInteger(value)
	case "deletedAt":
		i.DeletedAt, err = readInteger(value)
	case "expiresAt":
		i.ExpiresAt, err = readInteger(value)
	}
	return err
}

func readString(value string) (string, error) {
	content, err := ofType(value, "S")
	if err != nil {
		return "", err
	}
	text, ok := rawjson.Unquote(content)
	if !ok {
		return "", errors.New("has an S that is not a string")
	}
	return text, nil
}

// readNumber returns the text of a number, which has the syntax of JSON. strconv accepts more, such as NaN and hexadecimals.
func readNumber(value string) (digits string, err error) {
	content, err := ofType(value, "N")
	if err != nil {
		return "", err
	}
	digits, ok := rawjson.Unquote(content)
	if !ok || !json.Valid([]byte(digits)) {
		return "", errNotNumber
	}
	return digits, nil
}

var errNotNumber = errors.New("has an N that is not a number")

// readInteger rejects exponents and fractions, as the SDK does when it decodes an item.
func readInteger(value string) (int64, error) {
	digits, err := readNumber(value)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, errors.New("has an N that is not an integer of 64 bits")
	}
	return n, nil
}

func readFloat(value string) (float64, error) {
	digits, err := readNumber(value)
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, errNotNumber
	}
	return f, nil
}

func readBool(value string) (bool, error) {
	content, err := ofType(value, "BOOL")
	if err != nil {
		return false, err
	}
	switch content {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errors.New("has a BOOL that is not a boolean")
}

// ofType returns the content of an attribute value, which must be of the DynamoDB type want.
func ofType(value string, want string) (content string, err error) {
	if rawjson.Kind(value) != '{' {
		return "", errors.New("is not an object")
	}
	for name, v := range rawjson.Members(value) {
		if name != want || content != "" {
			return "", fmt.Errorf("is not of the one type %s", want)
		}
		content = v
	}
	if content == "" {
		return "", errors.New("is empty")
	}
	return content, nil
}
