package functions_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// alarms are what CloudWatch refuses of an alarm, and what leaves it in INSUFFICIENT_DATA for ever.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func (s stack) alarms(at place, known catalog) (found []string) {
	for name, p := range s.of("AWS::CloudWatch::Alarm") {
		var problems []string
		if queries, ok := p["Metrics"].([]any); ok {
			problems = metricMath(queries, known)
			if p["MetricName"] != nil || p["Namespace"] != nil || p["Dimensions"] != nil {
				problems = append(problems, "has both a MetricName and Metrics; leave one of them out")
			}
		} else {
			problems = alarmMetric(p, known)
			if (p["Statistic"] == nil) == (p["ExtendedStatistic"] == nil) {
				problems = append(problems, "wants one of Statistic and ExtendedStatistic")
			}
		}
		of, all := numeric(p["DatapointsToAlarm"]), numeric(p["EvaluationPeriods"])
		if of > all {
			problems = append(problems, fmt.Sprintf("DatapointsToAlarm %v are more than EvaluationPeriods %v", of, all))
		}
		for _, problem := range problems {
			found = append(found, name+": "+problem)
		}
	}
	for name, p := range s.of("AWS::CloudWatch::CompositeAlarm") {
		found = append(found, s.composite(name, p, at)...)
	}
	return found
}

// watchedIndexes are indexes that alarms name and no table has: CloudWatch takes such an alarm, and it never rings.
func (s stack) watchedIndexes() (found []string) {
	there := map[string]bool{}
	for _, p := range s.of("AWS::DynamoDB::Table") {
		for _, index := range each(p["GlobalSecondaryIndexes"]) {
			index, _ := index.(map[string]any)
			there[fmt.Sprint(index["IndexName"])] = true
		}
	}
	for name, p := range s.of("AWS::CloudWatch::Alarm") {
		for _, index := range indexDimensions(p) {
			if !there[index] {
				found = append(found, fmt.Sprintf("%s: no table has the index %s: name the one that is read", name, index))
			}
		}
	}
	return found
}

// indexDimensions are the values of GlobalSecondaryIndexName in the metrics of an alarm.
func indexDimensions(alarm map[string]any) (found []string) {
	metrics := []any{alarm}
	for _, q := range each(alarm["Metrics"]) {
		q, _ := q.(map[string]any)
		stat, _ := q["MetricStat"].(map[string]any)
		metrics = append(metrics, stat["Metric"])
	}
	for _, m := range metrics {
		m, _ := m.(map[string]any)
		for _, d := range each(m["Dimensions"]) {
			if d, _ := d.(map[string]any); d["Name"] == "GlobalSecondaryIndexName" {
				found = append(found, fmt.Sprint(d["Value"]))
			}
		}
	}
	return found
}

func numeric(v any) float64 {
	var n float64
	_, _ = fmt.Sscan(fmt.Sprint(v), &n)
	return n
}

// alarmMetric looks at a metric as alarms name it: Namespace, MetricName, Dimensions.
func alarmMetric(m map[string]any, known catalog) (found []string) {
	namespace, _ := m["Namespace"].(string)
	name, _ := m["MetricName"].(string)
	var dimensions []string
	for _, d := range each(m["Dimensions"]) {
		d, _ := d.(map[string]any)
		if d == nil {
			continue
		}
		dimensions = append(dimensions, fmt.Sprint(d["Name"]))
		if value, _ := d["Value"].(string); value == "" {
			found = append(found, fmt.Sprintf("the dimension %v of %s has no value: give the alarm the condition of what it watches", d["Name"], name))
		}
	}
	if problem := known.missing(namespace, name, dimensions); problem != "" {
		found = append(found, problem)
	}
	return found
}

var (
	inQuotes = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	queryID  = regexp.MustCompile(`\b[a-z][A-Za-z0-9_]*\b`)
)

// metricMath looks at the list Metrics: each is a metric or an expression of others' ids, one is what is compared.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
func metricMath(queries []any, known catalog) (found []string) {
	ids, found := queryIDs(queries)
	periods := map[string]bool{}
	for _, q := range queries {
		q, _ := q.(map[string]any)
		stat, isMetric := q["MetricStat"].(map[string]any)
		expression, isExpression := q["Expression"].(string)
		if isMetric == isExpression {
			found = append(found, fmt.Sprintf("%v wants one of MetricStat and Expression", q["Id"]))
		}
		for _, id := range queryID.FindAllString(inQuotes.ReplaceAllString(expression, ""), -1) {
			if !ids[id] {
				found = append(found, fmt.Sprintf("%s names %s, which is no Id: %s", q["Id"], id, expression))
			}
		}
		if strings.Contains(expression, "SEARCH(") {
			found = append(found, fmt.Sprintf("%s: an alarm takes no SEARCH", q["Id"]))
		}
		if isMetric {
			metric, _ := stat["Metric"].(map[string]any)
			found = append(found, alarmMetric(metric, known)...)
			periods[fmt.Sprint(stat["Period"])] = true
			if stat["Stat"] == nil || stat["Period"] == nil {
				found = append(found, fmt.Sprintf("%s wants Stat and Period", q["Id"]))
			}
		}
	}
	if len(periods) > 1 {
		found = append(found, fmt.Sprintf("Metrics have the periods %v: give all one", slices.Sorted(maps.Keys(periods))))
	}
	return found
}

// queryIDs are the ids of Metrics, and what is wrong with them and with what is compared.
func queryIDs(queries []any) (ids map[string]bool, found []string) {
	ids = map[string]bool{}
	returned := 0
	for _, q := range queries {
		q, _ := q.(map[string]any)
		id, _ := q["Id"].(string)
		if queryID.FindString(id) != id || id == "" || ids[id] {
			found = append(found, fmt.Sprintf("the Id %q is no name of its own that begins with a lower-case letter", id))
		}
		ids[id] = true
		if q["ReturnData"] == nil || q["ReturnData"] == true {
			returned++
		}
	}
	if returned != 1 {
		found = append(found, fmt.Sprintf("%d of Metrics return data: one is compared, all others want ReturnData: false", returned))
	}
	return ids, found
}

var alarmState = regexp.MustCompile(`\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*["']?([^"')]*)["']?\s*\)`)

// composite looks for alarms that a rule names and that are not there.
func (s stack) composite(name string, p map[string]any, at place) (found []string) {
	names := map[string]bool{}
	for _, kind := range []string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"} {
		for id, other := range s.of(kind) {
			names[at.physical(id)], names[at.physical(id)+".Arn"] = true, true
			names[fmt.Sprint(other["AlarmName"])] = true
		}
	}
	rule, _ := p["AlarmRule"].(string)
	states := alarmState.FindAllStringSubmatch(rule, -1)
	if len(states) == 0 {
		found = append(found, name+": AlarmRule names no alarm")
	}
	for _, m := range states {
		if !names[m[1]] {
			found = append(found, fmt.Sprintf("%s: AlarmRule names %q, an alarm that is not there: leave it out of the rule by the same condition", name, m[1]))
		}
	}
	return found
}
