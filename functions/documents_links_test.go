package functions_test

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// reference is an inline link or image. Reference links and HTML are not read: no page has any.
type reference struct {
	line        int
	image       bool
	text        string // the link text, or the alt text
	destination string
}

var (
	inlineLink = regexp.MustCompile(`(!?)\[([^\[\]]*)\]\(\s*<?([^()\s<>]*)>?(?:\s+"[^"]*")?\s*\)`)
	otherLink  = regexp.MustCompile(`\]\[|<(?:a|img|source)\b|(?m)^ {0,3}\[[^\[\]]+\]: `)
	scheme     = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)
)

// links: each link leads to an existing file, folder or heading, and each image has an alt text.
func (d *documents) links(p page) (problems []string) {
	for _, r := range p.references() {
		if r.image && strings.TrimSpace(r.text) == "" {
			problems = append(problems, p.problem(r.line, "the image %s has no alt text; write what it shows", r.destination))
		}
		if wrong := d.leads(p, r.destination); wrong != "" {
			problems = append(problems, p.problem(r.line, "link to %q: %s", r.destination, wrong))
		}
	}
	for _, at := range otherLink.FindAllStringIndex(p.prose, -1) {
		problems = append(problems, p.problem(p.line(at[0]), "a reference link or HTML, which is not checked; write [text](path)"))
	}
	return problems
}

// leads says what is wrong with where a link of p leads, or nothing.
func (d *documents) leads(p page, destination string) string {
	if scheme.MatchString(destination) {
		return ""
	}
	place, anchor, _ := strings.Cut(destination, "#")
	place, err := url.PathUnescape(place)
	name := path.Join(path.Dir(p.name), place)
	switch {
	case err != nil || destination == "":
		return "write a path, an #anchor or an address"
	case strings.HasPrefix(place, "/"):
		return "write it relative to this page"
	case name == ".." || strings.HasPrefix(name, "../"):
		return "it leads out of the repository; write the whole address"
	case place == "":
		name = p.name
	case !d.files[name]:
		return "there is no " + name + "; write a path relative to this page"
	}
	if anchor == "" {
		return ""
	}
	target, ok := d.pages[name]
	if !ok {
		target, ok = d.pages[path.Join(name, "README.md")]
	}
	if name == p.name {
		target, ok = p, true
	}
	if !ok {
		return name + " has no headings; link to it without #" + anchor + ", and name the function or the key"
	}
	if !target.hasAnchor(anchor) {
		return "no heading of " + target.name + " has the anchor #" + anchor + "; it has " + target.anchors()
	}
	return ""
}

func (p page) hasAnchor(anchor string) bool {
	for _, h := range p.headings {
		if h.slug == anchor {
			return true
		}
	}
	return false
}

func (p page) anchors() string {
	var all []string
	for _, h := range p.headings {
		all = append(all, "#"+h.slug)
	}
	return strings.Join(all, " ")
}

// references are the links and images of a page, those within a link's text included.
func (p page) references() (found []reference) {
	prose := p.prose
	for range 2 { // images first: a link may be around one
		for _, m := range inlineLink.FindAllStringSubmatchIndex(prose, -1) {
			found = append(found, reference{p.line(m[0]), m[2] < m[3], prose[m[4]:m[5]], prose[m[6]:m[7]]})
		}
		prose = inlineLink.ReplaceAllStringFunc(prose, func(text string) string { // without brackets, for the link around it
			return strings.ReplaceAll(blanked(text), " ", "\x00")
		})
	}
	return found
}
