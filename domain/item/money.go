package item

import (
	"strconv"
	"strings"

	"rental.example/domain"
)

// Money is an amount in cents.
type Money int64

// MaxPrice is the highest price per day.
const MaxPrice Money = 1_000_000_00

// ParseMoney returns amount, in whole units, as Money. ok is false outside 0..MaxPrice and for fractions of a cent in the
// amount's shortest decimal notation.
func ParseMoney(amount float64) (m Money, ok bool) {
	if !(amount >= 0 && amount <= float64(MaxPrice)/100) { // also true for NaN
		return 0, false
	}
	units, fraction, _ := strings.Cut(strconv.FormatFloat(amount, 'f', -1, 64), ".")
	if len(fraction) > 2 {
		return 0, false
	}
	cents, err := strconv.ParseInt(units+fraction+"00"[len(fraction):], 10, 64)
	return Money(max(cents, 0)), err == nil // minus zero is zero
}

// Amount returns m in whole units, with at most two decimals.
func (m Money) Amount() float64 { return float64(m) / 100 }

func checkPrice(problems *domain.Problems, field string, amount *float64) *Money {
	if amount == nil {
		return nil
	}
	m, ok := ParseMoney(*amount)
	switch {
	case ok:
		return &m
	case *amount >= 0 && *amount <= MaxPrice.Amount():
		problems.Add(field, domain.CodeInvalid, "must have at most two decimals")
	default:
		problems.Add(field, domain.CodeOutOfRange, "must be from 0 to 1000000")
	}
	return nil
}
