package functions_test

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// row is one of a table.
type row struct {
	line  int
	cells []string
}

// tables are those of a page; the first row is the header. The line below that is left out.
func (p page) tables() (all [][]row) {
	lines, prose := strings.Split(p.text, "\n"), strings.Split(p.prose, "\n")
	var table []row
	for i, line := range append(lines, "") {
		if i < len(prose) && strings.HasPrefix(strings.TrimSpace(prose[i]), "|") {
			if cells := cellsOf(line); strings.Trim(strings.Join(cells, ""), "-: ") != "" {
				table = append(table, row{i + 1, cells})
			}
		} else if table != nil {
			all, table = append(all, table), nil
		}
	}
	return all
}

func cellsOf(line string) (cells []string) {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	for _, cell := range strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|") {
		cells = append(cells, strings.TrimSpace(strings.ReplaceAll(cell, "\x00", "|")))
	}
	return cells
}

var (
	routeCell    = regexp.MustCompile("^`((?:GET|POST|PUT|PATCH|DELETE) /\\S*)`$")
	variableName = regexp.MustCompile("`([A-Z][A-Z0-9_]*)`")
)

// routesOf are the routes in a table's first column, with the line of each.
func routesOf(table []row) map[string]int {
	found := map[string]int{}
	for _, r := range table {
		if m := routeCell.FindStringSubmatch(r.cells[0]); m != nil {
			found[m[1]] = r.line
		}
	}
	return found
}

// routeTable: a table with a route of the code has them all, and no other.
func (d *documents) routeTable(p page) (problems []string) {
	for _, table := range p.tables() {
		found := routesOf(table)
		if !slices.ContainsFunc(d.routes, func(route string) bool { return found[route] > 0 }) {
			continue
		}
		for _, route := range d.routes {
			if found[route] == 0 {
				problems = append(problems, p.problem(table[0].line, "the table of routes lacks %s; add a row | `%s` | what it does |", route, route))
			}
		}
		for _, route := range slices.Sorted(maps.Keys(found)) {
			if !slices.Contains(d.routes, route) {
				problems = append(problems, p.problem(found[route], "the code has no route %s; take the row out", route))
			}
		}
	}
	return problems
}

// isVariableTable is by its header.
func isVariableTable(table []row) bool {
	return len(table[0].cells) > 1 && table[0].cells[0] == "variable" && table[0].cells[1] == "used by"
}

// variableTable: the rows are what the functions and the local runner read, and what template.yaml sets.
func (d *documents) variableTable(p page) (problems []string) {
	for _, table := range p.tables() {
		if !isVariableTable(table) {
			continue
		}
		got := map[string][]string{}
		for _, r := range table[1:] {
			users, unknown := d.users(r.cells[1])
			if unknown != "" {
				problems = append(problems, p.problem(r.line, "used by %q: write all, all but NAME, or some of %s", unknown, strings.Join(d.everyUser(), ", ")))
				continue
			}
			for _, name := range variableName.FindAllStringSubmatch(r.cells[0], -1) {
				problems = append(problems, d.rowProblems(p, r.line, name[1], users)...)
				got[name[1]] = users
			}
		}
		for _, name := range slices.Sorted(maps.Keys(d.variables)) {
			if got[name] == nil {
				problems = append(problems, p.problem(table[0].line, "the table of variables lacks %s, used by %s", name, d.usersOf(name)))
			}
		}
	}
	return problems
}

func (d *documents) rowProblems(p page, line int, name string, users []string) []string {
	switch {
	case d.variables[name] == nil:
		return []string{p.problem(line, "%s is read by no function, not by the local runner, and set by no function of template.yaml; take it out", name)}
	case strings.Join(users, ", ") != d.usersOf(name):
		return []string{p.problem(line, "%s is used by %s; the table says %s", name, d.usersOf(name), strings.Join(users, ", "))}
	}
	return nil
}

// usersOf are all that use a variable, sorted.
func (d *documents) usersOf(name string) string {
	return strings.Join(slices.Sorted(maps.Keys(d.variables[name])), ", ")
}

// everyUser are the functions and the local runner.
func (d *documents) everyUser() []string {
	all := map[string]bool{}
	for _, users := range d.variables {
		maps.Copy(all, users)
	}
	return slices.Sorted(maps.Keys(all))
}

// users are what a cell says: names, all, or all but names. unknown is a name that none has.
func (d *documents) users(cell string) (users []string, unknown string) {
	cell = strings.ReplaceAll(cell, "`", "")
	list, but := strings.CutPrefix(cell, "all but ")
	var named []string
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		if name = strings.TrimSpace(name); name != "all" && !slices.Contains(d.everyUser(), name) {
			return nil, name
		}
		named = append(named, strings.TrimSpace(name))
	}
	for _, user := range d.everyUser() {
		if slices.Contains(named, user) != but || slices.Contains(named, "all") {
			users = append(users, user)
		}
	}
	return users, ""
}

// flagTable: a table of flags, in the folder of a program, has all of them. That it has no other, flags sees.
func (d *documents) flagTable(p page) (problems []string) {
	for _, table := range p.tables() {
		for _, name := range d.flagsOf(path.Dir(p.name), false) {
			named := regexp.MustCompile("`-" + name + "[` =]")
			if table[0].cells[0] == "flag" && !slices.ContainsFunc(table, func(r row) bool { return named.MatchString(r.cells[0]) }) {
				problems = append(problems, p.problem(table[0].line, "the table of flags lacks -%s", name))
			}
		}
	}
	return problems
}

// callTable: a table with a request below /_local has all that the local runner serves there. That it has no other,
// operations sees.
func (d *documents) callTable(p page) (problems []string) {
	for _, table := range p.tables() {
		found := slices.Collect(maps.Keys(routesOf(table)))
		if !slices.ContainsFunc(found, func(request string) bool { return strings.Contains(request, " /_local/") }) {
			continue
		}
		for _, known := range d.runner {
			if !slices.ContainsFunc(found, func(request string) bool { return sameRoute(known, request) }) {
				problems = append(problems, p.problem(table[0].line, "the table lacks %s; add a row | `%s` | what it does |", known, known))
			}
		}
	}
	return problems
}
