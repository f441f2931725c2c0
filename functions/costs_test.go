package functions_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/samtest"
)

const costsPage = "functions/COSTS.md"

// costModes are the columns of the table of an idle month, and what makes them.
var costModes = []struct {
	name string
	set  map[string]any
}{
	{"none", map[string]any{"OpenSearchMode": "none"}},
	{"domain", map[string]any{"OpenSearchMode": "domain", "OpenSearchDomainName": "items"}},
	{"existing", map[string]any{"OpenSearchMode": "existing", "OpenSearchDomainName": "items", "OpenSearchEndpoint": "https://search.invalid"}},
}

// withItems is the mode whose requests and sizes the other tables are about.
func withItems(t *testing.T) plan { t.Helper(); return planOf(t, costModes[1].set) }

// TestCosts: the tables of the page are those that follow from the template, the code and the prices. The flag -update
// rewrites them.
func TestCosts(t *testing.T) {
	t.Parallel()
	withItems(t).checkTypes(t)
	page := samtest.ReadFile(t, costsPage)
	for _, table := range []struct {
		heading string
		render  func(*testing.T) string
	}{
		{"An idle month", idleTable}, {"What parameters add", optionsTable}, {"Sizes of a domain", sizesTable},
		{"A million requests", requestsTable}, {"Users of Cognito", usersTable},
	} {
		start, end := tableUnder(t, page, table.heading)
		want := table.render(t)
		if apigatewaytest.Update() {
			page = page[:start] + want + page[end:]
		} else if diff := cmp.Diff(want, page[start:end]); diff != "" {
			t.Errorf("%s, %q: the figures do not follow from template.yaml, the code and functions/costsprices_test.go; "+
				"go test ./functions -run Costs -update writes those that do (-computed +page):\n%s", costsPage, table.heading, diff)
		}
	}
	if apigatewaytest.Update() {
		if err := os.WriteFile(filepath.Join(samtest.Root(t), costsPage), []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// tableUnder is where the first table after a heading begins and ends in a page.
func tableUnder(t *testing.T, page, heading string) (start, end int) {
	t.Helper()
	at := regexp.MustCompile(`(?m)^## ` + regexp.QuoteMeta(heading) + `\n(?:[^|#\n].*\n|\n)*((?:\|.*\n)+)`).FindStringSubmatchIndex(page)
	if at == nil {
		t.Fatalf("%s has no table under a heading %q: write both, the table as a line that begins with |, and run go test ./functions -run Costs -update",
			costsPage, "## "+heading)
	}
	return at[2], at[3]
}

// costRow is a line of a table.
func costRow(cells ...any) string {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = fmt.Sprint(c)
	}
	return "| " + strings.Join(texts, " | ") + " |\n"
}

func costRule(columns int) string { return strings.Repeat("|---", columns) + "|\n" }

// counted joins what the columns count: one figure where all have the same.
func counted(t *testing.T, count func(plan) string) string {
	t.Helper()
	var all []string
	for _, m := range costModes {
		all = append(all, count(planOf(t, m.set)))
	}
	if len(slices.Compact(slices.Clone(all))) == 1 {
		return all[0]
	}
	return strings.Join(all, ", ")
}

// costPart is a row of what resources cost a month.
type costPart struct {
	label string
	cost  func(plan) price
	free  func(plan) price // of that, what an account has free
}

func idleParts(t *testing.T) []costPart {
	t.Helper()
	nodes, kind, gb := withItems(t).domain(t)
	polls := withItems(t).polls()
	dashboards := func(p plan) float64 { return float64(len(p.stack.of("AWS::CloudWatch::Dashboard"))) }
	alarms := func(p plan) float64 { return float64(p.alarmMetrics(t)) }
	count := func(of func(plan) float64) string {
		return counted(t, func(p plan) string { return strconv.FormatFloat(of(p), 'f', -1, 64) })
	}
	none := func(plan) price { return price{} }
	return []costPart{
		{fmt.Sprintf("domain: %v node `%s`, %v GB gp3", nodes, kind, gb), func(p plan) price {
			nodes, kind, gb := p.domain(t)
			if nodes == 0 {
				return price{}
			}
			if priceNode[kind].eu == 0 {
				t.Errorf("%s, which the template deploys, has no price in eu-west-1: add it to priceNode in functions/costsprices_test.go", kind)
			}
			return nodePrice(t, kind, gb).times(nodes)
		}, none},
		{fmt.Sprintf("polls of %d queue: %s", len(withItems(t).mapped("AWS::SQS::Queue")), thousands(polls)),
			func(p plan) price { return priceQueueRequest.times(p.polls()) },
			func(p plan) price { return priceQueueRequest.times(min(p.polls(), freeQueueRequests)) }},
		{"metrics that alarms evaluate: " + count(alarms),
			func(p plan) price { return priceAlarmMetric.times(alarms(p)) },
			func(p plan) price { return priceAlarmMetric.times(min(alarms(p), freeAlarmMetrics)) }},
		{"dashboards: " + count(dashboards),
			func(p plan) price { return priceDashboard.times(dashboards(p)) },
			func(p plan) price { return priceDashboard.times(min(dashboards(p), freeDashboards)) }},
		{"table, functions, API, topics, queues, pool, keys of AWS", none, none},
	}
}

// others is what a plan has of what is not in the default deployment, and its price.
func (p plan) others() (what []string, cost price) {
	if n := len(p.stack.of("AWS::CloudWatch::CompositeAlarm")); n > 0 {
		what, cost = append(what, fmt.Sprintf("composite alarms: %d", n)), cost.plus(priceCompositeAlarm.times(float64(n)))
	}
	if acls, rules := p.webACLs(); acls > 0 {
		what = append(what, fmt.Sprintf("web ACLs: %d, rules: %d, and %.2f a million requests", acls, rules, priceWebACLRequest.times(1e6).us))
		cost = cost.plus(priceWebACL.times(float64(acls))).plus(priceWebACLRule.times(float64(rules)))
	}
	return what, cost
}

func idleTable(t *testing.T) string {
	t.Helper()
	out := costRow("part", "`none`", "`domain`", "`existing`") + costRule(1+len(costModes))
	totals, free := make([]price, len(costModes)), make([]price, len(costModes))
	add := func(label string, cost, freeOf func(plan) price) {
		cells := []any{label}
		for i, m := range costModes {
			p := planOf(t, m.set)
			cells = append(cells, cost(p))
			totals[i], free[i] = totals[i].plus(cost(p)), free[i].plus(freeOf(p))
		}
		out += costRow(cells...)
	}
	for _, part := range idleParts(t) {
		add(part.label, part.cost, part.free)
	}
	if label := counted(t, func(p plan) string { what, _ := p.others(); return strings.Join(what, "; ") }); strings.Trim(label, ", ") != "" {
		add(label, func(p plan) price { _, cost := p.others(); return cost }, func(plan) price { return price{} })
	}
	together, rest := []any{"**together**"}, []any{"of that, above what an account has free each month"}
	for i := range costModes {
		together = append(together, fmt.Sprintf("**%s**", totals[i]))
		rest = append(rest, totals[i].plus(free[i].times(-1)))
	}
	return out + costRow(together...) + costRow(rest...)
}

// thousands is n with commas.
func thousands(n float64) string {
	digits := strconv.FormatFloat(math.Round(n), 'f', -1, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
