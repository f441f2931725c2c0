package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"rental.example/adapters/rawjson"
	"rental.example/domain"
	"rental.example/domain/user"
)

// userAttributes leads from the attributes of userRecord, by its tags, to its fields.
var userAttributes = sync.OnceValue(func() map[string]int {
	fields := make(map[string]int)
	record := reflect.TypeFor[userRecord]()
	for i := range record.NumField() {
		name, _, _ := strings.Cut(record.Field(i).Tag.Get("dynamodbav"), ",")
		fields[name] = i
	}
	return fields
})

// readImage reads an item as a stream has it. Attributes that are not userRecord's may be anything. Errors
// name attributes and never hold values, which may be personal.
func readImage(image string) (*userRecord, error) {
	if rawjson.Kind(image) != '{' {
		return nil, errors.New("is not an object")
	}
	record := new(userRecord)
	fields := reflect.ValueOf(record).Elem()
	for name, value := range rawjson.Members(image) {
		i, ok := userAttributes()[name]
		if !ok {
			continue
		}
		if err := readAttribute(value, fields.Field(i).Addr().Interface()); err != nil {
			return nil, fmt.Errorf("attribute %s %w", name, err)
		}
	}
	return record, nil
}

// readAttribute reads {"S":"text"} and the like into a field of userRecord.
func readAttribute(value string, field any) (err error) {
	switch field := field.(type) {
	case *string:
		*field, err = readText(value)
	case *int64:
		*field, err = readInteger(value)
	case **int64:
		var n int64
		n, err = readInteger(value)
		*field = &n
	case *float64:
		*field, err = readFloat(value)
	case *bool:
		*field, err = readBool(value)
	default:
		err = fmt.Errorf("is read into a %T", field)
	}
	return err
}

func readText(value string) (string, error) {
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

// readNumber returns the digits of a number, which DynamoDB spells as JSON does: without a plus, without zeroes
// in front. strconv takes more than that, NaN and hexadecimals among it.
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

// readInteger takes no exponent and no point, as the SDK takes none where Table decodes the same item.
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

// ofType is the content of an attribute's value, which has to be of the DynamoDB type want.
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

// state is what the record stands for, if it is whole.
func (r *userRecord) state() (user.Record, error) {
	switch {
	case r.ID == "":
		return user.Record{}, errors.New("has no id")
	case r.Version < 1:
		return user.Record{}, errors.New("has no version")
	case r.isProfile() && r.DeletedAt != 0:
		return user.Record{}, errors.New("is both profile and tombstone")
	case r.isProfile() && (r.Name == "" || r.UserType == ""):
		return user.Record{}, errors.New("is a profile without name or userType")
	case r.DeletedVersion < 0, r.isProfile() && r.DeletedVersion >= r.Version:
		return user.Record{}, errors.New("has a deletedVersion that is not before its version")
	case r.isProfile():
		p := r.profile()
		return user.Record{Profile: &p, LastDeleted: domain.Version(r.DeletedVersion), Deletions: r.count()}, nil
	case r.DeletedAt != 0:
		t := r.tombstone()
		return user.Record{Tombstone: &t, Deletions: r.count()}, nil
	}
	return user.Record{}, errors.New("is neither profile nor tombstone")
}
