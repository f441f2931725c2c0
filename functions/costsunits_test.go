package functions_test

import (
	"math"
	"testing"
)

func TestCostsSampled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ calls, reservoir, rate, want float64 }{
		"no reservoir":              {1e6, 0, 0.05, 50_000},
		"X-Ray's default":           {1e6, 1, 0.05, 840_000},
		"few calls":                 {1000, 1, 0.05, 1000},
		"many calls, all seconds":   {1e9, 1, 0.05, monthSeconds + 0.05*(1e9-monthSeconds)},
		"a larger reservoir":        {1e6, 50, 0, 1e6},
		"nothing, and all the same": {0, 1, 0.05, 0},
	} {
		if got := sampled(test.calls, test.reservoir, test.rate); math.Abs(got-test.want) > 0.01*test.want {
			t.Errorf("%s: %.0f traces, want %.0f", name, got, test.want)
		}
	}
}

// TestCostsOfExpressions: an alarm over an expression costs what the metrics cost that it is made of.
func TestCostsOfExpressions(t *testing.T) {
	t.Parallel()
	stat := map[string]any{"MetricStat": map[string]any{"Metric": nil}}
	rate := map[string]any{"Metrics": []any{map[string]any{"Expression": "IF(calls > 20, 100 * errors / calls, 0)"}, stat, stat}}
	p := plan{stack: stack{
		"Rate":  {"Type": "AWS::CloudWatch::Alarm", "Properties": rate},
		"Plain": {"Type": "AWS::CloudWatch::Alarm", "Properties": map[string]any{"MetricName": "Errors", "Period": 60}},
		"ACL":   {"Type": "AWS::WAFv2::WebACL", "Properties": map[string]any{"Rules": []any{"rate", "reputation"}}},
	}}
	if got := p.alarmMetrics(t); got != 3 {
		t.Errorf("%d metrics of alarms, want 3", got)
	}
	if _, cost := p.others(); cost != everywhere(7) {
		t.Errorf("a web ACL of two rules costs %s, want 7.00", cost)
	}
}

func TestCostsInText(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]price{"0": {}, "0.63": everywhere(0.625), "26.28 / 28.47": {26.28, 28.47}, "1350.00": everywhere(1350)} {
		if got := p.String(); got != want {
			t.Errorf("%v is %s, want %s", p, got, want)
		}
	}
	for want, n := range map[string]float64{"1": 1, "999": 999, "1,000": 1000, "1,234,568": 1234567.6} {
		if got := thousands(n); got != want {
			t.Errorf("%v is %s, want %s", n, got, want)
		}
	}
}
