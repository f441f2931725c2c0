package dynamo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"rental.example/adapters/rawjson"
)

// Image is an item of a stream record: a JSON object of its attributes, each attribute with its type: {"id":{"S":"..."}}.
type Image string

// Decode calls read with each attribute. Its error names the attribute and has no value, which may be personal.
func (i Image) Decode(read func(name string, value ImageValue) error) error {
	for name, value := range rawjson.Members(string(i)) {
		if err := read(name, ImageValue(value)); err != nil {
			return fmt.Errorf("attribute %s %w", name, err)
		}
	}
	return nil
}

// get returns the value of an attribute; empty if there is none.
func (i Image) get(name string) (value ImageValue) {
	for member, v := range rawjson.Members(string(i)) {
		if member == name {
			value = ImageValue(v)
		}
	}
	return value
}

// ImageValue is the value of an attribute as raw JSON: {"S":"..."}. Errors of its methods have no value.
type ImageValue string

// Text returns a string (S).
func (v ImageValue) Text() (string, error) {
	content, err := v.ofType("S")
	if err != nil {
		return "", err
	}
	text, ok := rawjson.Unquote(content)
	if !ok {
		return "", errors.New("has an S that is not a string")
	}
	return text, nil
}

// number returns the text of a number, which has the syntax of JSON. strconv accepts more, such as NaN and hexadecimals.
func (v ImageValue) number() (digits string, err error) {
	content, err := v.ofType("N")
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

// Integer returns a number (N). It rejects exponents and fractions, as the SDK does when it decodes an item.
func (v ImageValue) Integer() (int64, error) {
	digits, err := v.number()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, errors.New("has an N that is not an integer of 64 bits")
	}
	return n, nil
}

// Float returns a number (N).
func (v ImageValue) Float() (float64, error) {
	digits, err := v.number()
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, errNotNumber
	}
	return f, nil
}

// Bool returns a boolean (BOOL).
func (v ImageValue) Bool() (bool, error) {
	content, err := v.ofType("BOOL")
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

// ofType returns the content of v, which must be of the DynamoDB type want.
func (v ImageValue) ofType(want string) (content string, err error) {
	if rawjson.Kind(string(v)) != '{' {
		return "", errors.New("is not an object")
	}
	for name, value := range rawjson.Members(string(v)) {
		if name != want || content != "" {
			return "", fmt.Errorf("is not of the one type %s", want)
		}
		content = value
	}
	if content == "" {
		return "", errors.New("is empty")
	}
	return content, nil
}
