package cognito

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// status is where a user stands; see UserStatus of
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type status string

const (
	unconfirmed         status = "UNCONFIRMED"
	confirmed           status = "CONFIRMED"
	forceChangePassword status = "FORCE_CHANGE_PASSWORD"
	resetRequired       status = "RESET_REQUIRED"
)

// user is a value: what a directory returns is a copy, and its slices and its
// verifier are replaced, never written to.
type user struct {
	sub           string
	email         string // as it was typed
	emailVerified bool
	pendingEmail  string      // the new one, until it is verified
	emailCode     time.Time   // when the code for an e-mail was sent; zero means never
	attributes    []attribute // without sub, email and email_verified
	groups        []string
	status        status
	disabled      bool
	password      verifier

	token          softwareToken // of the authenticator app; without a secret if there is none
	pendingToken   softwareToken // until a code of it is verified
	tokenWanted    bool          // at each sign-in
	tokenPreferred bool

	signUpCode time.Time // when it was sent; zero means never
	resetCode  time.Time
	created    time.Time
	modified   time.Time
}

// directory holds users and groups.
type directory struct {
	mu     sync.Mutex
	bySub  map[string]user
	subOf  map[string]string // by lower-case e-mail
	groups map[string]bool
}

func newDirectory() *directory {
	return &directory{bySub: map[string]user{}, subOf: map[string]string{}, groups: map[string]bool{}}
}

// find takes an e-mail in any letter case, or a sub, as the service does
// wherever it takes a username.
func (d *directory) find(username string) (user, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u, ok := d.bySub[username]; ok {
		return u, true
	}
	u, ok := d.bySub[d.subOf[strings.ToLower(username)]]
	return u, ok
}

// add refuses an e-mail or a sub that is in use with errEmailTaken.
func (d *directory) add(u user) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := strings.ToLower(u.email)
	if _, taken := d.subOf[key]; taken {
		return errEmailTaken
	}
	if _, taken := d.bySub[u.sub]; taken {
		return errEmailTaken
	}
	d.bySub[u.sub], d.subOf[key] = u, u.sub
	return nil
}

// update lets change write to a copy, and keeps it unless change fails. It
// fails with errNoUser for a user who is gone, and with errAliasTaken if the
// e-mail becomes another user's.
func (d *directory) update(sub string, now time.Time, change func(*user) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, ok := d.bySub[sub]
	if !ok {
		return errNoUser
	}
	before := strings.ToLower(u.email)
	if err := change(&u); err != nil {
		return err
	}
	after := strings.ToLower(u.email)
	if owner, taken := d.subOf[after]; taken && owner != sub {
		return errAliasTaken
	}
	delete(d.subOf, before)
	d.subOf[after] = sub
	u.modified = now
	d.bySub[sub] = u
	return nil
}

func (d *directory) remove(sub string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.subOf, strings.ToLower(d.bySub[sub].email))
	delete(d.bySub, sub)
}

func (d *directory) hasGroup(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.groups[name]
}

func (d *directory) addGroup(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.groups[name] {
		return errGroupExists
	}
	d.groups[name] = true
	return nil
}

func (u *user) join(name string) {
	if !slices.Contains(u.groups, name) {
		u.groups = append(slices.Clip(u.groups), name)
	}
}

func (u *user) leave(name string) {
	u.groups = slices.DeleteFunc(slices.Clone(u.groups), func(g string) bool { return g == name })
}

// set replaces attributes by name, and deletes those without a value;
// checkAttributes has seen them.
func (u *user) set(list []attribute) {
	values := map[string]string{}
	for _, a := range append(slices.Clone(u.attributes), list...) {
		values[a.Name] = a.Value
	}
	u.attributes = nil
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "email" && name != "email_verified" && values[name] != "" {
			u.attributes = append(u.attributes, attribute{Name: name, Value: values[name]})
		}
	}
}
