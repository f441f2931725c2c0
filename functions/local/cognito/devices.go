package cognito

import "context"

// noDevices refuses the operations of remembered devices as the service does
// where a pool, such as the template's, remembers none.
func (p *Pool) noDevices(_ context.Context, in accessInput) (done, error) {
	if _, err := p.bearer(in.AccessToken); err != nil {
		return done{}, err
	}
	return done{}, errNoDevices
}
