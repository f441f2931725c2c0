package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// dashboards are what CloudWatch refuses of a dashboard, or would show nothing for.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
func (s stack) dashboards(known catalog) (found []string) {
	for name, p := range s.of("AWS::CloudWatch::Dashboard") {
		text, _ := p["DashboardBody"].(string)
		var body struct {
			Widgets []struct {
				Type       string
				Properties map[string]any
			}
		}
		if err := json.Unmarshal([]byte(text), &body); err != nil || body.Widgets == nil {
			found = append(found, fmt.Sprintf("%s: DashboardBody is no JSON object with widgets: %v", name, err))
		}
		for i, w := range body.Widgets {
			for _, problem := range widget(w.Type, w.Properties, known) {
				found = append(found, fmt.Sprintf("%s: widget %d, %v: %s", name, i, w.Properties["title"], problem))
			}
		}
	}
	return found
}

func widget(kind string, properties map[string]any, known catalog) (found []string) {
	for _, path := range emptyStrings("properties", properties) {
		found = append(found, path+" is empty; PutDashboard refuses that with \"Invalid metric field type, only \"String\" type is allowed\": "+
			"leave the metric or the widget out by a condition")
	}
	if region, _ := properties["region"].(string); region == "" && (kind == "metric" || kind == "log") {
		found = append(found, "names no region")
	}
	if kind != "metric" {
		return found
	}
	lines, _ := properties["metrics"].([]any)
	if len(lines) == 0 && properties["annotations"] == nil {
		found = append(found, "has neither metrics nor annotations")
	}
	var previous []string
	for _, line := range lines {
		var problems []string
		previous, problems = metricLine(line, previous, known)
		found = append(found, problems...)
	}
	return found
}

// metricLine looks at one element of metrics: strings and, as the last one, options. A dot stands for what the line
// before has in its place, three dots for all that comes before what is left.
func metricLine(line any, previous []string, known catalog) (full, problems []string) {
	elements, _ := line.([]any)
	for i, e := range elements {
		switch e := e.(type) {
		case string:
			full = append(full, e)
		case map[string]any:
			if expression, ok := e["expression"].(string); ok {
				return previous, searches(expression, known)
			}
			if i != len(elements)-1 {
				problems = append(problems, "options stand before the end of a metric")
			}
		default:
			problems = append(problems, fmt.Sprintf("%v is neither a string nor options", e))
		}
	}
	full = expanded(full, previous)
	if len(full) < 2 || len(full)%2 != 0 {
		return full, append(problems, fmt.Sprintf("%q is no namespace, name and pairs of dimension and value", full))
	}
	var dimensions []string
	for i := 2; i < len(full); i += 2 {
		dimensions = append(dimensions, full[i])
	}
	if problem := known.missing(full[0], full[1], dimensions); problem != "" {
		problems = append(problems, problem)
	}
	return full, problems
}

func expanded(line, previous []string) []string {
	if i := slices.Index(line, "..."); i >= 0 && len(previous) > len(line)-1 {
		rest := line[i+1:]
		line = slices.Concat(line[:i], previous[i:len(previous)-len(rest)], rest)
	}
	for i := range line {
		if line[i] == "." && i < len(previous) {
			line[i] = previous[i]
		}
	}
	return line
}

var (
	searchCall   = regexp.MustCompile(`SEARCH\(\s*'\{([^}]*)\}([^']*)'\s*(?:,\s*'([^']*)')?`)
	searchedName = regexp.MustCompile(`MetricName\s*=\s*(?:"([^"]*)"|\(([^)]*)\)|(\S+))`)
	quotedName   = regexp.MustCompile(`"([^"]*)"`)
)

// searches are what finds nothing of the searches in an expression.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
func searches(expression string, known catalog) (found []string) {
	matches := searchCall.FindAllStringSubmatch(expression, -1)
	if strings.Count(expression, "SEARCH(") != len(matches) {
		return []string{"a search is not SEARCH('{Namespace,Dimension} ...', 'Statistic', period): " + expression}
	}
	for _, m := range matches {
		var schema []string
		for _, part := range strings.Split(m[1], ",") {
			schema = append(schema, strings.Trim(strings.TrimSpace(part), `"`))
		}
		for _, name := range searched(m[2]) {
			if problem := known.missing(schema[0], name, schema[1:]); problem != "" {
				found = append(found, "search: "+problem)
			}
		}
		if m[3] == "" {
			found = append(found, "search: no statistic: "+m[0])
		}
	}
	return found
}

// searched are the metrics that a search names, or an empty name for any.
func searched(terms string) (names []string) {
	for _, m := range searchedName.FindAllStringSubmatch(terms, -1) {
		names = append(names, m[1]+m[3])
		if m[2] != "" {
			names = names[:len(names)-1]
			for _, q := range quotedName.FindAllStringSubmatch(m[2], -1) {
				names = append(names, q[1])
			}
		}
	}
	if len(names) == 0 {
		return []string{""}
	}
	return names
}

// emptyStrings are the paths of the empty strings and nulls in a value, in order.
func emptyStrings(path string, v any) (found []string) {
	switch v := v.(type) {
	case nil:
		found = append(found, path)
	case string:
		if v == "" {
			found = append(found, path)
		}
	case []any:
		for i, e := range v {
			found = append(found, emptyStrings(fmt.Sprintf("%s[%d]", path, i), e)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, emptyStrings(path+"."+key, v[key])...)
		}
	}
	return found
}
