package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Times are the times of a schedule expression: rate(1 hour) or cron(15 3 * * ? *), in UTC.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
type Times struct {
	every  time.Duration // of a rate
	fields [6][]int      // of a cron: minutes, hours, days, months, weekdays (1 is Sunday), years; nil: any
}

// cronFields are the fields of a cron expression with their ranges.
var cronFields = [6]struct {
	name       string
	first, end int
	names      []string // of the first values
}{
	{"minutes", 0, 59, nil}, {"hours", 0, 23, nil}, {"days of the month", 1, 31, nil},
	{"months", 1, 12, []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{"days of the week", 1, 7, []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}}, {"years", 1970, 2199, nil},
}

var rateForm = regexp.MustCompile(`^rate\(([1-9][0-9]*) (minute|hour|day)s?\)$`)

// ParseTimes parses a schedule expression. Of cron it supports no L, W and #, and it does not support at().
func ParseTimes(expression string) (t Times, err error) {
	if m := rateForm.FindStringSubmatch(expression); m != nil {
		n, err := strconv.Atoi(m[1])
		t.every = time.Duration(n) * map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
		return t, err
	}
	inner, isCron := strings.CutPrefix(expression, "cron(")
	fields := strings.Fields(strings.TrimSuffix(inner, ")"))
	if !isCron || len(fields) != len(t.fields) {
		return t, fmt.Errorf("%q: want a rate such as rate(1 hour), or a cron of six fields such as cron(15 3 * * ? *)", expression)
	}
	for i, field := range fields {
		if t.fields[i], err = parseField(i, field); err != nil {
			return t, fmt.Errorf("%q: %w", expression, err)
		}
	}
	return t, nil
}

// parseField returns the values of a field such as 1-5,10 or 0/15.
func parseField(i int, field string) (values []int, err error) {
	f := cronFields[i]
	for part := range strings.SplitSeq(strings.ToUpper(field), ",") {
		span, every, steps := strings.Cut(part, "/")
		first, last, isSpan := strings.Cut(span, "-")
		if span == "*" || span == "?" {
			if !steps {
				return nil, nil
			}
			first, last = strconv.Itoa(f.first), strconv.Itoa(f.end)
		} else if !isSpan && steps {
			last = strconv.Itoa(f.end)
		} else if !isSpan {
			last = first
		}
		from, to, step := fieldValue(i, first), fieldValue(i, last), 1
		if steps {
			step, _ = strconv.Atoi(every)
		}
		if from < f.first || to > f.end || from > to || step < 1 {
			return nil, fmt.Errorf("the %s %q are not supported", f.name, part)
		}
		for v := from; v <= to; v += step {
			values = append(values, v)
		}
	}
	return values, nil
}

// fieldValue returns the number of a value or of its name; -1 for neither.
func fieldValue(i int, text string) int {
	if at := slices.Index(cronFields[i].names, text); at >= 0 {
		return cronFields[i].first + at
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// Next returns the first of the times after now; the zero time if there is none within ten years. The times of a rate are
// now and its multiples.
func (t Times) Next(now time.Time) time.Time {
	if t.every > 0 {
		return now.Add(t.every)
	}
	at := now.UTC().Truncate(time.Minute).Add(time.Minute)
	for end := at.AddDate(10, 0, 0); at.Before(end); {
		if !t.onDay(at) {
			at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, time.UTC)
			continue
		}
		if t.has(0, at.Minute()) && t.has(1, at.Hour()) {
			return at
		}
		at = at.Add(time.Minute)
	}
	return time.Time{}
}

func (t Times) onDay(at time.Time) bool {
	return t.has(2, at.Day()) && t.has(3, int(at.Month())) && t.has(4, int(at.Weekday())+1) && t.has(5, at.Year())
}

func (t Times) has(field, value int) bool {
	return t.fields[field] == nil || slices.Contains(t.fields[field], value)
}
