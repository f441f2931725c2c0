package item_test

import (
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// TestApplyRepeatedDeletions: a profile is deleted and created again 20 times, each time within the grace period of the
// last deletion. Each event is acknowledged at its second delivery.
func TestApplyRepeatedDeletions(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		const last = domain.Version(200)
		p := newFakePorts()
		for at := domain.Version(10); at <= last; at += 10 {
			p.apply(t, deletion(at), 0, item.ErrRedeliver)
			p.apply(t, recreated(at+5, at), 0, item.ErrRedeliver)
			if at > 10 {
				p.apply(t, deletion(at-10), 0, nil)
				p.apply(t, recreated(at-5, at-10), 0, nil)
			}
			time.Sleep(gracePeriod / 2)
		}
		time.Sleep(gracePeriod)
		p.apply(t, deletion(last), 0, nil)
		p.apply(t, recreated(last+5, last), 0, nil)
	})
}
