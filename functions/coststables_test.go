package functions_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// optionsTable is what the resources cost that the default parameters leave out, but for the modes'.
func optionsTable(t *testing.T) string {
	t.Helper()
	p := withItems(t)
	added := map[string]stack{} // by the parameters that the condition names
	for name, r := range p.left {
		condition, _ := r["Condition"].(string)
		parameters := references(p.conditions[condition])
		if slices.Contains(parameters, "OpenSearchMode") || !slices.Contains(costsSomething, fmt.Sprint(r["Type"])) {
			continue
		}
		key := "`" + strings.Join(parameters, "`, `") + "`"
		if added[key] == nil {
			added[key] = stack{}
		}
		added[key][name] = r
	}
	out := costRow("parameter", "adds", "USD a month") + costRule(3)
	for _, key := range slices.Sorted(maps.Keys(added)) {
		option := plan{stack: added[key], parameters: p.parameters}
		what, cost := option.others()
		if n := option.alarmMetrics(t); n > 0 {
			what, cost = append(what, fmt.Sprintf("metrics that alarms evaluate: %d", n)), cost.plus(priceAlarmMetric.times(float64(n)))
		}
		if n := len(option.stack.of("AWS::CloudWatch::Dashboard")); n > 0 {
			what, cost = append(what, fmt.Sprintf("dashboards: %d", n)), cost.plus(priceDashboard.times(float64(n)))
		}
		out += costRow(key, strings.Join(what, "; "), cost)
	}
	return out
}

// sizesTable is what nodes cost of each type, and in each number, that the template allows.
func sizesTable(t *testing.T) string {
	t.Helper()
	p := withItems(t)
	nodes, kind, gb := p.domain(t)
	kinds, counts := p.allowed(t, "OpenSearchInstanceType", kind), p.allowed(t, "OpenSearchInstanceCount", nodes)
	out := "| nodes, each with " + strconv.FormatFloat(gb, 'f', -1, 64) + " GB gp3 |"
	for _, n := range counts {
		out += fmt.Sprintf(" %v |", n)
	}
	out += "\n" + costRule(1+len(counts))
	for _, kind := range kinds {
		cells := []any{fmt.Sprintf("`%v`", kind)}
		for _, n := range counts {
			usd := nodePrice(t, fmt.Sprint(kind), gb).times(p.number(t, "a number of nodes", n)).us
			cells = append(cells, fmt.Sprintf("%.0f", usd))
		}
		out += costRow(cells...)
	}
	return out
}

// allowed are the values that a parameter may have; one alone where the template has no such parameter.
func (p plan) allowed(t *testing.T, parameter string, one any) []any {
	t.Helper()
	if declared := p.declared[parameter]; declared["AllowedValues"] != nil {
		values, _ := declared["AllowedValues"].([]any)
		return values
	}
	return []any{one}
}

// What the table of a million requests assumes: half of the requests write a profile, which is an event.
const (
	monthRequests = 1e6
	monthWrites   = monthRequests / 2
	callSeconds   = 0.030 // of a function's call
)

// lambdaCost is that of so many calls of a function, at the memory of the template.
func (p plan) lambdaCost(t *testing.T, function string, calls float64) (cost price, gbSeconds float64) {
	t.Helper()
	architecture := fmt.Sprint(p.value(each(p.globals["Architectures"])[0]))
	perSecond, ok := priceLambdaGBSeconds[architecture]
	if !ok {
		t.Fatalf("the architecture %s has no price in functions/costsprices_test.go", architecture)
	}
	gbSeconds = calls * callSeconds * p.number(t, function+".MemorySize", p.ofFunction(function, "MemorySize")) / 1024
	return priceLambdaRequest.times(calls).plus(perSecond.times(gbSeconds)), gbSeconds
}

func requestsTable(t *testing.T) string {
	t.Helper()
	p := withItems(t)
	b := measureLogs(t, p)
	var total price
	out := costRow("part", "USD") + costRule(2)
	add := func(cost price, format string, args ...any) {
		total = total.plus(cost)
		out += costRow(fmt.Sprintf(format, args...), cost)
	}
	add(priceGatewayRequest.times(monthRequests), "API Gateway")
	cost, gbSeconds := p.lambdaCost(t, "UsersFunction", monthRequests)
	add(cost, "Lambda, functions of the API: 1,000,000 calls, %s GB-s", thousands(gbSeconds))
	indexes := 0
	for _, table := range p.stack.of("AWS::DynamoDB::Table") {
		list, _ := table["GlobalSecondaryIndexes"].([]any)
		indexes += len(list)
	}
	add(priceReadUnit.times(monthRequests-monthWrites), "DynamoDB, reads: %s", thousands(monthRequests-monthWrites))
	add(priceWriteUnit.times(monthWrites*float64(1+indexes)), "DynamoDB, writes: %s, each of the table and of %d index", thousands(monthWrites), indexes)
	add(priceStreamRead, "stream, read by Lambda")
	add(priceTopicPublish.times(monthWrites), "SNS: %s events", thousands(monthWrites))
	queues := float64(len(p.mapped("AWS::SQS::Queue")))
	add(priceQueueRequest.times(3*monthWrites*queues), "SQS: each sent, received and deleted")
	cost = price{}
	mapped := slices.Concat(p.mapped("AWS::DynamoDB::Table"), p.mapped("AWS::SQS::Queue"))
	for _, f := range mapped {
		c, _ := p.lambdaCost(t, f, monthWrites)
		cost = cost.plus(c)
	}
	add(cost, "Lambda, functions of events: %d times %s calls", len(mapped), thousands(monthWrites))
	add(priceLogBytes.times(monthRequests*b.perRequest()), "logs: %s bytes a request, %s of them Lambda's own and the access log",
		thousands(b.perRequest()), thousands(b.perRequest()-b.ownPerRequest()))
	traces := p.traces(t, monthRequests, monthWrites)
	add(priceTrace.times(traces), "X-Ray: %s traces; %s are free each month", thousands(traces), thousands(freeTraces))
	all, ofAPI := customMetrics(t, p), p.detailedMetrics()
	add(priceMetric.times(float64(len(all))), "custom metrics: %d, in a month in which all are written; %d in mode `none`",
		len(all), len(customMetrics(t, planOf(t, costModes[0].set))))
	if ofAPI > 0 {
		add(priceMetric.times(float64(ofAPI)), "API Gateway's metrics of methods: %d", ofAPI)
	}
	return out + costRow("**together**", fmt.Sprintf("**%s**", total))
}

// usersTable is what active users of a month cost, by the plan of the pool.
func usersTable(t *testing.T) string {
	t.Helper()
	p := withItems(t)
	tier := "ESSENTIALS" // of a pool that names none
	for _, pool := range p.stack.of("AWS::Cognito::UserPool") {
		if named := p.value(pool["UserPoolTier"]); named != nil {
			tier = fmt.Sprint(named)
		}
	}
	if _, ok := pricePoolUser[tier]; !ok {
		t.Fatalf("the pool's plan %s has no price: add it to pricePoolUser in functions/costsprices_test.go", tier)
	}
	out := costRow("active users a month", "`LITE`", "`ESSENTIALS`", "this template: `"+tier+"`") + costRule(4)
	for _, users := range []float64{freePoolUsers, 100_000} {
		cells := []any{thousands(users)}
		for _, tier := range []string{"LITE", "ESSENTIALS", tier} {
			cells = append(cells, pricePoolUser[tier].times(users-freePoolUsers))
		}
		out += costRow(cells...)
	}
	return out
}

// TestCostOfDomain: what the parameter's description says a domain costs is that, to a tenth.
func TestCostOfDomain(t *testing.T) {
	t.Parallel()
	p := withItems(t)
	description, _ := p.declared["OpenSearchMode"]["Description"].(string)
	m := regexp.MustCompile(`ABOUT USD (\d+) A MONTH`).FindStringSubmatch(description)
	if m == nil {
		t.Fatalf("OpenSearchMode's description does not say ABOUT USD n A MONTH: %s", description)
	}
	said, _ := strconv.ParseFloat(m[1], 64)
	nodes, kind, gb := p.domain(t)
	cost := nodePrice(t, kind, gb).times(nodes)
	if cost.us > said*1.1 || cost.eu < said*0.9 {
		t.Errorf("OpenSearchMode's description says USD %v for a domain that costs %s: write that", said, cost)
	}
}
