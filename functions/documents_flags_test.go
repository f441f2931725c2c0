package functions_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// goTestFlags are those of go test and go build that pages name.
// https://pkg.go.dev/cmd/go#hdr-Testing_flags
var goTestFlags = strings.Fields(`v run race count timeout short bench benchmem benchtime fuzz fuzztime cpu cpuprofile memprofile
	cover coverprofile failfast json list parallel shuffle skip tags mod modfile ldflags trimpath o c exec vet args`)

// definesFlag are the functions of package flag, and the methods of its FlagSet, that define one.
var definesFlag = regexp.MustCompile(`^(Bool|Int|Int64|Uint|Uint64|String|Float64|Duration|Text)?(Var|Func)?$`)

var bareFlag = regexp.MustCompile(`^-([a-z][a-z0-9-]+)(?:[= ].*)?$`)

// flags: a flag that is given to a program of this repository is one that it has. A flag alone, in a sentence, is one
// of a program that the page, or its folder, has, unless it is a value of the contract, such as -price.
func (d *documents) flags(p page) (problems []string) {
	programs, known := 0, []string{"help"}
	if own := d.flagsOf(path.Dir(p.name), false); len(own) > 0 {
		programs, known = 1, append(known, own...)
	}
	for _, c := range p.commands() {
		name, given, has := d.flagsOfProgram(c.program(), path.Dir(p.name))
		if name == "" {
			continue
		}
		programs, known = programs+1, append(known, has...)
		for _, word := range given {
			flag, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
			if strings.HasPrefix(word, "-") && flag != "" && flag != "h" && flag != "help" && !slices.Contains(has, flag) {
				problems = append(problems, p.problem(c.line, "%s has no flag %s; it has -%s", name, word, strings.Join(has, " -")))
			}
		}
	}
	for _, s := range p.spans {
		if m := bareFlag.FindStringSubmatch(s.text); m != nil && programs > 0 && !slices.Contains(known, m[1]) && !d.contract[s.text] {
			problems = append(problems, p.problem(s.line, "no program on this page has a flag -%s; write what it belongs to, such as sort=-price", m[1]))
		}
	}
	return problems
}

// flagsOfProgram is the program of this repository that words call, what they give it, and the flags that it has.
func (d *documents) flagsOfProgram(words []string, folder string) (name string, given, has []string) {
	if len(words) < 2 {
		return "", nil, nil
	}
	if words[0] != "go" {
		if file := path.Clean(words[0]); strings.Contains(file, "/") && d.files[file] && !d.folder(file) {
			return file, words[1:], d.flagsOfScript(file)
		}
		return "", nil, nil
	}
	at := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "./") })
	switch {
	case words[1] == "run" && at > 0:
		dir := path.Clean(words[at])
		return dir, words[at+1:], d.flagsOf(d.resolve(dir, folder), false)
	case words[1] == "test":
		has = slices.Clone(goTestFlags)
		for _, w := range words[2:] {
			if strings.HasPrefix(w, "./") {
				has = append(has, d.flagsOf(d.resolve(strings.TrimSuffix(path.Clean(w), "/..."), folder), true)...)
			}
		}
		return "go test", words[2:], has
	}
	return "", nil, nil
}

// resolve is the folder of a program: from the root, from the page, or of a module of its own.
func (d *documents) resolve(dir, folder string) string {
	if d.files[dir] {
		return dir
	}
	if own := path.Join(folder, dir); d.files[own] {
		return own
	}
	for file := range d.files {
		if strings.HasSuffix(file, "/"+dir) {
			return file
		}
	}
	return dir
}

// folder reports whether a file of d is one.
func (d *documents) folder(name string) bool {
	info, err := os.Stat(filepath.Join(d.root, filepath.FromSlash(name)))
	return err == nil && info.IsDir()
}

// flagsOfScript are the words of a script that look like flags; one that starts the local runner hands it the rest.
func (d *documents) flagsOfScript(file string) (has []string) {
	data, err := os.ReadFile(filepath.Join(d.root, filepath.FromSlash(file)))
	if err != nil {
		return nil
	}
	for _, m := range regexp.MustCompile(`(?:^|[\s'"(|])--?([a-z][a-z-]*)`).FindAllSubmatch(data, -1) {
		has = append(has, string(m[1]))
	}
	if strings.Contains(string(data), "./functions/local") {
		has = append(has, d.flagsOf("functions/local", false)...)
	}
	return has
}

// flagsOf are the flags that a package defines, itself or by packages of this module that it imports.
func (d *documents) flagsOf(dir string, tests bool) []string {
	names, seen := []string{}, map[string]bool{}
	var visit func(dir string, tests bool)
	visit = func(dir string, tests bool) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		files, _ := filepath.Glob(filepath.Join(d.root, filepath.FromSlash(dir), "*.go"))
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") && !tests {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				continue // which the compiler reports
			}
			imports := importsOf(file)
			if slices.Contains(imports, "flag") {
				names = append(names, flagsIn(file)...)
			}
			for _, imported := range imports {
				if own, ok := strings.CutPrefix(imported, module+"/"); ok {
					visit(own, false)
				}
			}
		}
	}
	visit(dir, tests)
	slices.Sort(names)
	return slices.Compact(names)
}

func importsOf(file *ast.File) (paths []string) {
	for _, s := range file.Imports {
		if name, err := strconv.Unquote(s.Path.Value); err == nil {
			paths = append(paths, name)
		}
	}
	return paths
}

// flagsIn are the names in calls such as flags.StringVar(&addr, "addr", ...).
func flagsIn(file *ast.File) (names []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		called, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || called.Sel.Name == "" || !definesFlag.MatchString(called.Sel.Name) {
			return true
		}
		for _, arg := range call.Args[:2] {
			if text, ok := literal(arg); ok {
				names = append(names, text)
				break
			}
		}
		return true
	})
	return names
}

// literal is the value of a string in the source.
func literal(e ast.Expr) (string, bool) {
	basic, ok := e.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}
