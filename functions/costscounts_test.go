package functions_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// alarmMetrics is how many metrics CloudWatch evaluates for the alarms: one each, or as many as the metrics that its
// expressions are made of.
func (p plan) alarmMetrics(t *testing.T) (n int) {
	t.Helper()
	for name, a := range p.stack.of("AWS::CloudWatch::Alarm") {
		n += alarmMetrics(a)
		if period := a["Period"]; period != nil && p.number(t, name+".Period", period) < 60 {
			t.Errorf("%s has a period below a minute, for which the costs have no price: add it to functions/costsprices_test.go", name)
		}
	}
	return n
}

func alarmMetrics(alarm map[string]any) (n int) {
	metrics, _ := alarm["Metrics"].([]any)
	for _, m := range metrics {
		if m, _ := m.(map[string]any); m["MetricStat"] != nil {
			n++
		}
	}
	if metrics == nil {
		n = 1
	}
	return n
}

// pollers is how many long polls Lambda has open at once for the mapping of a queue, and pollTime how long one takes.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
const (
	pollers  = 5
	pollTime = 20 // seconds
)

func (p plan) polls() float64 {
	return float64(len(p.mapped("AWS::SQS::Queue"))) * pollers * monthSeconds / pollTime
}

// domain is a domain that the plan makes, if any: its nodes, their type, and the size of a volume.
func (p plan) domain(t *testing.T) (nodes float64, kind string, gb float64) {
	t.Helper()
	for name, d := range p.stack.of("AWS::OpenSearchService::Domain") {
		cluster, _ := d["ClusterConfig"].(map[string]any)
		volume, _ := d["EBSOptions"].(map[string]any)
		kind = fmt.Sprint(p.value(cluster["InstanceType"]))
		nodes, gb = p.number(t, name+".InstanceCount", cluster["InstanceCount"]), p.number(t, name+".VolumeSize", volume["VolumeSize"])
		if volume["VolumeType"] != "gp3" || cluster["DedicatedMasterEnabled"] == true {
			t.Errorf("%s has another volume than gp3, or dedicated masters: add them to the costs, in functions/costscounts_test.go", name)
		}
	}
	return nodes, kind, gb
}

// nodePrice is what a node with its volume costs a month.
func nodePrice(t *testing.T, kind string, gb float64) price {
	t.Helper()
	hour, ok := priceNode[kind]
	if !ok {
		t.Errorf("%s has no price: add it to priceNode in functions/costsprices_test.go", kind)
	}
	return hour.times(monthHours).plus(priceVolumeGB.times(gb))
}

// webACLs are how many there are, and their rules.
func (p plan) webACLs() (acls, rules int) {
	for _, acl := range p.stack.of("AWS::WAFv2::WebACL") {
		list, _ := acl["Rules"].([]any)
		acls, rules = acls+1, rules+len(list)
	}
	return acls, rules
}

// checkTypes: every resource has a price, or is known to have none.
func (p plan) checkTypes(t *testing.T) {
	t.Helper()
	known := slices.Concat(costsNothing, costsSomething)
	for name, r := range inBoth(p.stack, p.left) {
		if kind, _ := r["Type"].(string); !slices.Contains(known, kind) {
			t.Errorf("the costs do not know %s, of the type %s: add the type to costsNothing or costsSomething in functions/costsprices_test.go", name, kind)
		}
	}
}

func inBoth(a, b stack) func(func(string, map[string]any) bool) {
	return func(yield func(string, map[string]any) bool) {
		for _, s := range []stack{a, b} {
			for name, r := range s {
				if !yield(name, r) {
					return
				}
			}
		}
	}
}

// detailedMetrics is how many metrics API Gateway has of single methods: five of each, OPTIONS of each path included.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
func (p plan) detailedMetrics() (n int) {
	methods, paths := 0, map[any]bool{}
	for _, f := range p.stack.of("AWS::Serverless::Function") {
		events, _ := f["Events"].(map[string]any)
		for _, e := range events {
			if e, _ := e.(map[string]any); e["Type"] == "Api" {
				properties, _ := e["Properties"].(map[string]any)
				methods++
				paths[properties["Path"]] = true
			}
		}
	}
	for _, api := range p.stack.of("AWS::Serverless::Api") {
		settings, _ := api["MethodSettings"].([]any)
		for _, s := range settings {
			if s, _ := s.(map[string]any); s["MetricsEnabled"] == true && s["HttpMethod"] == "*" {
				return 5 * (methods + len(paths))
			} else if s["MetricsEnabled"] == true {
				n += 5
			}
		}
	}
	return n
}

// sampled is how many of a month's calls, at random moments, are recorded: the reservoir of each second first, and the
// rate of the others.
func sampled(calls, reservoir, rate float64) float64 {
	mean := calls / monthSeconds
	first, atMost := 0.0, 0.0 // recorded from the reservoir of a second; the chance of at most k calls in it
	for k := 0.0; k < reservoir; k++ {
		atMost += math.Exp(-mean) * math.Pow(mean, k) / math.Gamma(k+1)
		first += 1 - atMost
	}
	first *= monthSeconds
	return first + rate*(calls-first)
}

// TestCostsSampled has rates with and without a reservoir.
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

// What X-Ray records where no rule says otherwise, and what Lambda does always for calls that come without a trace.
const (
	defaultReservoir = 1
	defaultRate      = 0.05
)

// traces is how many are recorded of so many requests and events of one kind.
func (p plan) traces(t *testing.T, requests, events float64) (n float64) {
	t.Helper()
	for _, api := range p.stack.of("AWS::Serverless::Api") {
		if api["TracingEnabled"] != true {
			continue
		}
		reservoir, rate := float64(defaultReservoir), defaultRate
		for name, r := range p.stack.of("AWS::XRay::SamplingRule") {
			rule, _ := r["SamplingRule"].(map[string]any)
			if rule["ServiceType"] == "AWS::ApiGateway::Stage" && strings.Contains(plain(rule["ResourceARN"]), "/restapis/${Api}/stages/") {
				reservoir, rate = p.number(t, name+".ReservoirSize", rule["ReservoirSize"]), p.number(t, name+".FixedRate", rule["FixedRate"])
			}
		}
		n += sampled(requests, reservoir, rate)
	}
	for _, kind := range []string{"AWS::DynamoDB::Table", "AWS::SQS::Queue"} {
		for _, f := range p.mapped(kind) {
			if p.ofFunction(f, "Tracing") == "Active" {
				n += sampled(events, defaultReservoir, defaultRate)
			}
		}
	}
	return n
}
