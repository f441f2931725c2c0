package functions_test

import (
	"regexp"
	"slices"
	"strings"
)

// makefile is the Makefile, as text: what targets it has, and what variables each reads.
type makefile string

var (
	targetLine   = regexp.MustCompile(`(?m)^([A-Za-z0-9%_-]+):(?:[^=]|$)`)
	variableRead = regexp.MustCompile(`\$[({](?:[a-z]+ )?([A-Z][A-Z0-9_]*)\b`)
	makeVariable = regexp.MustCompile(`^([A-Z][A-Z0-9_]*)=(.*)$`)
)

// rule is the name of the rule that makes a target, or empty.
func (m makefile) rule(target string) string {
	for _, found := range targetLine.FindAllStringSubmatch(string(m), -1) {
		before, after, pattern := strings.Cut(found[1], "%")
		if found[1] == target || pattern && strings.HasPrefix(target, before) && strings.HasSuffix(target, after) {
			return found[1]
		}
	}
	return ""
}

func (m makefile) targets() string {
	var names []string
	for _, found := range targetLine.FindAllStringSubmatch(string(m), -1) {
		if !strings.Contains(found[1], "%") && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return strings.Join(names, " ")
}

// reads are the variables that a rule's recipe reads, itself or by others, and that the Makefile leaves to who calls it.
func (m makefile) reads(rule string) []string {
	text := regexp.MustCompile(`(?ms)^` + regexp.QuoteMeta(rule) + `:.*?(\n\n|\z)`).FindString(string(m))
	var names []string
	for grown := true; grown; {
		grown = false
		for _, found := range variableRead.FindAllStringSubmatch(text, -1) {
			name := found[1]
			if slices.Contains(names, name) {
				continue
			}
			names, grown = append(names, name), true
			text += regexp.MustCompile(`(?m)^`+name+`\s*[:?+]?=.*$`).FindString(string(m)) + "\n"
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return regexp.MustCompile(`(?m)^` + name + `\s*:?=`).MatchString(string(m))
	})
	slices.Sort(names)
	return names
}

// making: each make TARGET is one of the Makefile, and reads the variables that are given to it; a queue that is
// named is one of template.yaml.
func (d *documents) making(p page) (problems []string) {
	for _, c := range p.commands() {
		words := c.program()
		if len(words) == 0 || words[0] != "make" || slices.Contains(words, "-C") {
			continue
		}
		for _, wrong := range d.makeProblems(words[1:]) {
			problems = append(problems, p.problem(c.line, "%s", wrong))
		}
	}
	return problems
}

// makeProblems looks at what follows make: targets and variables, in any order.
func (d *documents) makeProblems(words []string) (problems []string) {
	var reads, targets []string
	for _, word := range words {
		if strings.HasPrefix(word, "-") || word == "TARGET" || word == "..." || strings.Contains(word, "=") {
			continue
		}
		rule := d.makefile.rule(word)
		if rule == "" {
			problems = append(problems, "there is no make "+word+"; the Makefile has "+d.makefile.targets())
			continue
		}
		targets, reads = append(targets, word), append(reads, d.makefile.reads(rule)...)
	}
	for _, word := range words {
		variable := makeVariable.FindStringSubmatch(word)
		if variable == nil || len(targets) == 0 {
			continue
		}
		if name, value := variable[1], variable[2]; !slices.Contains(reads, name) {
			problems = append(problems, "make "+strings.Join(targets, " ")+" does not read "+name+"; it reads "+strings.Join(reads, ", "))
		} else if name == "QUEUE" && d.template.Resources[value].Type != "AWS::SQS::Queue" && strings.ToUpper(value) != value {
			problems = append(problems, "template.yaml has no queue "+value)
		}
	}
	return problems
}
