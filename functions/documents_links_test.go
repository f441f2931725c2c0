package functions_test

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// reference is a link or an image, however it is written.
type reference struct {
	line        int
	image       bool
	text        string // what is linked, or the alt text
	destination string
}

var (
	inlineLink = regexp.MustCompile(`(!?)\[([^\[\]]*)\]\(\s*<?([^()\s<>]*)>?(?:\s+"[^"]*")?\s*\)`)
	labelLink  = regexp.MustCompile(`(!?)\[([^\[\]]*)\]\[([^\[\]]*)\]`)
	definition = regexp.MustCompile(`(?m)^ {0,3}\[([^\[\]]+)\]:[ \t]*<?([^\s>]+)>?(?:[ \t]+"[^"]*")?[ \t]*$`)
	htmlTag    = regexp.MustCompile(`<(a|img|source)\b([^>]*)>`)
	htmlName   = regexp.MustCompile(`<a\s[^>]*\b(?:id|name)="([^"]+)"`)
	attribute  = regexp.MustCompile(`\b(href|src|srcset|alt)="([^"]*)"`)
	scheme     = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)
)

// links: each leads to a file, a folder or a heading that is there, and each picture has a text for who cannot see it.
func (d *documents) links(p page) (problems []string) {
	references, problems := p.references()
	for _, r := range references {
		if r.image && strings.TrimSpace(r.text) == "" {
			problems = append(problems, p.problem(r.line, "the picture %s has no alt text; write what it shows", r.destination))
		}
		if wrong := d.leads(p, r.destination); wrong != "" {
			problems = append(problems, p.problem(r.line, "link to %q: %s", r.destination, wrong))
		}
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
	for _, m := range htmlName.FindAllStringSubmatch(p.prose, -1) {
		if m[1] == anchor {
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

// references are all links and images of a page. A label without a definition, and a definition that nothing uses, are
// problems.
func (p page) references() (found []reference, problems []string) {
	prose := p.prose
	used := map[string]bool{}
	definitions := definition.FindAllStringSubmatchIndex(prose, -1)
	for _, m := range definitions {
		used[labelOf(prose[m[2]:m[3]])] = false
		found = append(found, reference{line: p.line(m[0]), destination: prose[m[4]:m[5]]})
	}
	prose = definition.ReplaceAllStringFunc(prose, blanked)
	for range 2 { // images first: a link may be around one
		for _, m := range inlineLink.FindAllStringSubmatchIndex(prose, -1) {
			found = append(found, reference{p.line(m[0]), m[2] < m[3], prose[m[4]:m[5]], prose[m[6]:m[7]]})
		}
		prose = inlineLink.ReplaceAllStringFunc(prose, filled)
		for _, m := range labelLink.FindAllStringSubmatchIndex(prose, -1) {
			text, label := prose[m[4]:m[5]], labelOf(cmp.Or(prose[m[6]:m[7]], prose[m[4]:m[5]]))
			if _, defined := used[label]; !defined {
				problems = append(problems, p.problem(p.line(m[0]), "no line [%s]: says where this link leads", label))
			}
			if m[2] < m[3] && strings.TrimSpace(text) == "" {
				problems = append(problems, p.problem(p.line(m[0]), "the picture [%s] has no alt text; write what it shows", label))
			}
			used[label] = true
		}
		prose = labelLink.ReplaceAllStringFunc(prose, filled)
	}
	for i, m := range definitions {
		label := labelOf(p.prose[m[2]:m[3]])
		if !used[label] && !strings.Contains(strings.ToLower(prose), "["+label+"]") {
			problems = append(problems, p.problem(found[i].line, "no link uses [%s]; take the line out", label))
		}
	}
	return append(found, p.htmlReferences()...), problems
}

// filled has no brackets, so that what is around it can be read.
func filled(text string) string {
	return strings.ReplaceAll(blanked(text), " ", "\x00")
}

// labelOf compares as Markdown does: case and the kind of white space do not matter.
func labelOf(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

func (p page) htmlReferences() (found []reference) {
	for _, m := range htmlTag.FindAllStringSubmatchIndex(p.prose, -1) {
		values := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(p.prose[m[4]:m[5]], -1) {
			values[a[1]] = a[2]
		}
		r := reference{line: p.line(m[0]), image: p.prose[m[2]:m[3]] == "img", text: values["alt"]}
		for _, name := range []string{"href", "src"} {
			if value, ok := values[name]; ok {
				r.destination = value
				found = append(found, r)
			}
		}
		for _, source := range strings.FieldsFunc(values["srcset"], func(c rune) bool { return c == ',' }) {
			r.destination, _, _ = strings.Cut(strings.TrimSpace(source), " ")
			found = append(found, r)
		}
	}
	return found
}
