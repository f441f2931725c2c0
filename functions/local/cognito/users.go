package cognito

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// status is UserStatus of
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type status string

const (
	unconfirmed         status = "UNCONFIRMED"
	confirmed           status = "CONFIRMED"
	forceChangePassword status = "FORCE_CHANGE_PASSWORD"
	resetRequired       status = "RESET_REQUIRED"
)

// user is a value: a directory returns copies, and slices and the verifier are replaced, never written to.
type user struct {
	sub           string
	email         string // in the letter case of the sign-up
	emailVerified bool
	pendingEmail  string      // the new e-mail until it is verified
	emailCode     time.Time   // when the code for an e-mail was sent; zero: never
	attributes    []attribute // without sub, email and email_verified
	groups        []string
	status        status
	disabled      bool
	password      verifier

	token          softwareToken // of the authenticator app; its secret is empty without one
	pendingToken   softwareToken // until a code of it is verified
	tokenEnabled   bool          // required at each sign-in
	tokenPreferred bool

	signUpCode time.Time // when it was sent; zero: never
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

// find returns the user of an e-mail, in any letter case, or of a sub, like the service wherever it takes a username.
func (d *directory) find(username string) (user, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u, ok := d.bySub[username]; ok {
		return u, true
	}
	u, ok := d.bySub[d.subOf[strings.ToLower(username)]]
	return u, ok
}

// add fails with errEmailTaken if the e-mail or the sub is in use.
func (d *directory) add(u user) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := strings.ToLower(u.email)
	_, emailTaken := d.subOf[key]
	if _, subTaken := d.bySub[u.sub]; emailTaken || subTaken {
		return errEmailTaken
	}
	d.bySub[u.sub], d.subOf[key] = u, u.sub
	return nil
}

// update calls change with a copy and stores that unless change fails. It fails with errNoUser for a deleted user, and
// with errAliasTaken if the new e-mail is another user's.
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

func (u *user) addToGroup(name string) {
	if !slices.Contains(u.groups, name) {
		u.groups = append(slices.Clip(u.groups), name)
	}
}

func (u *user) removeFromGroup(name string) {
	u.groups = slices.DeleteFunc(slices.Clone(u.groups), func(g string) bool { return g == name })
}

// set replaces attributes by name and deletes those without a value. They have passed checkAttributes.
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
