package functions_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"rental.example/adapters/samtest"
)

var mathID = regexp.MustCompile(`\b[a-z][A-Za-z0-9_]*\b`)

// TestMetricMath: CloudWatch takes an alarm of metric math only if exactly one of its entries returns data; and what
// is compared has one period, and every name in the expression.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func TestMetricMath(t *testing.T) {
	t.Parallel()
	checked := 0
	for name, a := range of(samtest.LoadTemplate(t), "AWS::CloudWatch::Alarm") {
		entries, _ := a.Properties["Metrics"].([]any)
		if len(entries) == 0 {
			continue
		}
		checked++
		for _, problem := range mathProblems(entries) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	if checked == 0 {
		t.Error("no alarm of metric math")
	}
}

func mathProblems(entries []any) (problems []string) {
	var ids, periods, used []string
	returned := 0
	for _, e := range entries {
		m, _ := e.(map[string]any)
		ids = append(ids, fmt.Sprint(m["Id"]))
		if m["ReturnData"] != false {
			returned++
		}
		if expression, ok := m["Expression"].(string); ok {
			used = append(used, mathID.FindAllString(expression, -1)...)
		} else {
			periods = append(periods, fmt.Sprint(samtest.Lookup(m, "MetricStat", "Period")))
		}
	}
	if returned != 1 {
		problems = append(problems, fmt.Sprintf("%d entries return data", returned))
	}
	if slices.Sort(periods); len(slices.Compact(periods)) != 1 {
		problems = append(problems, fmt.Sprintf("periods %v", periods))
	}
	for _, id := range used {
		if !slices.Contains(ids, id) {
			problems = append(problems, "no entry is called "+id)
		}
	}
	return problems
}

// TestMetricMathTeeth: each fault is seen, and a good alarm has none.
func TestMetricMathTeeth(t *testing.T) {
	t.Parallel()
	stat := func(id string, period int) map[string]any {
		return map[string]any{"Id": id, "ReturnData": false, "MetricStat": map[string]any{"Period": period}}
	}
	rate := map[string]any{"Id": "rate", "Expression": "IF(calls > 20, 100 * errors / calls, 0)"}
	for want, entries := range map[string][]any{
		"":                          {stat("calls", 60), stat("errors", 60), rate},
		"2 entries return data":     {stat("calls", 60), stat("errors", 60), rate, map[string]any{"Id": "other", "Expression": "calls"}},
		"periods [300 60]":          {stat("calls", 60), stat("errors", 300), rate},
		"no entry is called errors": {stat("calls", 60), rate},
	} {
		if got := mathProblems(entries); want == "" && len(got) > 0 || want != "" && (len(got) != 1 || got[0] != want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestFaultsAreLogged: what the filter of faults looks at is in each line of the access log.
func TestFaultsAreLogged(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	filter := template.Properties(t, "ApiFaults")
	format, _ := samtest.Lookup(template.Properties(t, "Api"), "AccessLogSetting", "Format").(string)
	pattern, _ := filter["FilterPattern"].(string)
	fields := regexp.MustCompile(`\$\.(\w+)`).FindAllStringSubmatch(pattern, -1)
	if len(fields) == 0 || filter["LogGroupName"] != "ApiAccessLogs" {
		t.Errorf("%s of %v finds no fault in the access log", pattern, filter["LogGroupName"])
	}
	for _, f := range fields {
		if !regexp.MustCompile(`"` + f[1] + `":`).MatchString(format) {
			t.Errorf("the access log has no %s: %s", f[1], format)
		}
	}
}
