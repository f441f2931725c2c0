package domain

// Optional is a field of a patch (RFC 7396): absent, null, or a value. The zero Optional is absent.
type Optional[T any] struct {
	Set   bool // false: absent, the field stays unchanged
	Null  bool // true: the field is cleared
	Value T    // zero unless Set and not Null
}

// Some returns an Optional that is set to v.
func Some[T any](v T) Optional[T] { return Optional[T]{Set: true, Value: v} }

// SomeOrNull returns an Optional that is set to *p, or to null if p is nil.
func SomeOrNull[T any](p *T) Optional[T] {
	if p == nil {
		return Optional[T]{Set: true, Null: true}
	}
	return Some(*p)
}

// Pointer returns a pointer to the value, or nil if it is absent or null.
func (o Optional[T]) Pointer() *T {
	if !o.Set || o.Null {
		return nil
	}
	return &o.Value
}
