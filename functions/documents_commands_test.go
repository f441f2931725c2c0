package functions_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// command is one simple command of a page: of a block, or in a sentence.
type command struct {
	line  int
	words []string
	piped bool // its input is the output of the command before
}

// commands are those of the page's shell blocks and, parsed in the same way, the code spans of its sentences.
func (p page) commands() (all []command) {
	for _, s := range p.spans {
		all = append(all, parseShell(s.line, s.text)...)
	}
	for _, b := range p.blocks {
		if b.shell() {
			all = append(all, b.commands()...)
		}
	}
	return all
}

func (b block) commands() []command {
	first := b.line
	if b.fenced {
		first++
	}
	return parseShell(first, b.text)
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// program is the command without what goes before the program: keywords, variables, a prompt, testdata/engines/with.
func (c command) program() []string {
	words := c.words
	for len(words) > 0 {
		switch first := words[0]; {
		case assignment.MatchString(first), slices.Contains([]string{"$", "!", "{", "do", "then", "else", "if", "while", "until", "time", "env", "sudo", "exec"}, first):
			words = words[1:]
		case path.Base(first) == "with" && len(words) > 2:
			words = words[2:]
		default:
			return words
		}
	}
	return nil
}

// shellReader splits a script into simple commands, those of substitutions included.
type shellReader struct {
	found   []command
	current command
	word    []byte
	begun   bool // a word, which may be empty
	line    int
}

func parseShell(line int, script string) []command {
	r := shellReader{line: line}
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case c == '\\' && i+1 < len(script):
			i++
			if script[i] == '\n' {
				r.endWord()
				r.line++
			} else {
				r.add(script[i])
			}
		case c == '\'' || c == '"':
			i = r.quoted(script, i)
		case c == '#' && !r.begun:
			for i+1 < len(script) && script[i+1] != '\n' {
				i++
			}
		case c == '\n':
			r.endCommand()
			r.line++
		case strings.IndexByte(";|&()", c) >= 0:
			r.endCommand()
			r.current.piped = c == '|' && script[i-min(i, 1)] != '|' && !strings.HasPrefix(script[i+1:], "|")
		case c == ' ' || c == '\t':
			r.endWord()
		default:
			r.add(c)
		}
	}
	r.endCommand()
	return r.found
}

func (r *shellReader) add(c byte) { r.word, r.begun = append(r.word, c), true }

// quoted reads from the quote at begin, and returns where the other one is.
func (r *shellReader) quoted(script string, begin int) int {
	r.begun = true
	for i := begin + 1; i < len(script); i++ {
		switch {
		case script[i] == script[begin]:
			return i
		case script[begin] == '"' && strings.HasPrefix(script[i:], "$("):
			end := closing(script, i+1)
			r.found = append(r.found, parseShell(r.line, script[i+2:end])...)
			r.word, i = append(r.word, script[i:end]...), end
			continue
		case script[i] == '\\' && script[begin] == '"' && i+1 < len(script):
			i++
		case script[i] == '\n':
			r.line++
		}
		r.word = append(r.word, script[i])
	}
	return len(script)
}

// closing is where the parenthesis at begin is closed.
func closing(script string, begin int) int {
	depth := 0
	for i := begin; i < len(script); i++ {
		switch script[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(script)
}

func (r *shellReader) endWord() {
	if !r.begun {
		return
	}
	if len(r.current.words) == 0 {
		r.current.line = r.line
	}
	r.current.words = append(r.current.words, string(r.word))
	r.word, r.begun = nil, false
}

func (r *shellReader) endCommand() {
	r.endWord()
	if len(r.current.words) > 0 {
		r.found = append(r.found, r.current)
		r.current = command{}
	}
}

// unportable are options and programs that macOS lacks, with what to write in their place. An option is looked for
// among the arguments of the program; without one, the program itself is missing.
var unportable = []struct {
	program string
	option  *regexp.Regexp
	instead string
}{
	{"sed", regexp.MustCompile(`^-[a-zA-Z]*i$|^--in-place$`), "sed -i.bak, which GNU and BSD take, or a Go command"},
	{"sed", regexp.MustCompile(`^-r$`), "sed -E"},
	{"grep", regexp.MustCompile(`^-[a-zA-Z]*P[a-zA-Z]*$|^--perl-regexp$`), "grep -E"},
	{"readlink", regexp.MustCompile(`^-[a-zA-Z]*[fem]$`), "cd and pwd -P"},
	{"xargs", regexp.MustCompile(`^-r$|^--no-run-if-empty$`), "xargs alone, with input that is not empty"},
	{"date", regexp.MustCompile(`^-d$|^--date\b`), "the time itself"},
	{"stat", regexp.MustCompile(`^-c$|^--(format|printf)\b`), "wc -c or ls -l"},
	{"base64", regexp.MustCompile(`^-w`), "base64 | tr -d '\\n'"},
	{"head", regexp.MustCompile(`^-n-\d|^-[nc]$`), "head -n NUMBER, NUMBER above 0"},
	{"cp", regexp.MustCompile(`^--`), "options of one letter"},
	{"tac", nil, "tail -r or a Go command"},
	{"timeout", nil, "the command alone"},
	{"sha256sum", nil, "shasum -a 256"},
	{"nproc", nil, "a number"},
}

// portable: documented commands work with the tools of Linux and of macOS.
func (d *documents) portable(p page) (problems []string) {
	for _, c := range p.commands() {
		for i, word := range c.words {
			for _, u := range unportable {
				if u.program != word || u.option == nil && i > 0 {
					continue
				}
				rest := c.words[i+1:]
				at := slices.IndexFunc(rest, func(w string) bool { return u.option != nil && u.option.MatchString(w) })
				switch {
				case u.option == nil:
					problems = append(problems, p.problem(c.line, "%s is missing on macOS; write %s", word, u.instead))
				case at >= 0:
					problems = append(problems, p.problem(c.line, "%s %s differs between GNU and BSD; write %s", word, rest[at], u.instead))
				}
			}
		}
	}
	return problems
}
