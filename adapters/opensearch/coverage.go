package opensearch

// coverage is how much of an index an answer is about. Pointers tell nothing from zero: an answer without a
// count of failed shards is no answer.
type coverage struct {
	timedOut     bool
	failedShards *int64
}

// read reads the member name of an answer, if it is about this.
func (c *coverage) read(d *decoder, name []byte) {
	switch string(name) {
	case "timed_out":
		d.boolean(&c.timedOut)
	case "_shards":
		for name := range d.members {
			if string(name) == "failed" {
				d.optional(&c.failedShards)
			}
		}
	}
}

// UnmarshalJSON implements json.Unmarshaler, for answers of which nothing else counts.
func (c *coverage) UnmarshalJSON(data []byte) error {
	d := newDecoder(data)
	for name := range d.members {
		c.read(d, name)
	}
	return d.err()
}

// check implements checked: half an answer is none.
func (c *coverage) check() error {
	switch {
	case c.timedOut:
		return nonsense("is what was found before time was up")
	case c.failedShards == nil || *c.failedShards > 0:
		return nonsense("is not that of all shards")
	}
	return nil
}
