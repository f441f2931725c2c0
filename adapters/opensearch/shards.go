package opensearch

// shardsResponse is the part of a response that says whether all shards took part. Without a count of failed shards it
// is malformed.
type shardsResponse struct {
	TimedOut bool `json:"timed_out"`
	Shards   struct {
		Failed *int64 `json:"failed"`
	} `json:"_shards"`
}

// validate implements validator.
func (r *shardsResponse) validate() error {
	switch {
	case r.TimedOut:
		return malformed("timed out with partial results")
	case r.Shards.Failed == nil || *r.Shards.Failed > 0:
		return malformed("not of all shards")
	}
	return nil
}
