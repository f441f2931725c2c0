package template

// Sources of the events of schedules.
const (
	sourceRule      = "aws.events"
	sourceScheduler = "aws.scheduler"
)

// readRule reads a rule of EventBridge with a ScheduleExpression; each target that is a function is a schedule.
func readRule(t *Template, p properties) {
	if p.value("ScheduleExpression") == nil {
		return // it has an EventPattern, which is reported
	}
	for _, target := range p.each("Targets") {
		p.addTarget(t, typeRule, target, sourceRule)
	}
}

func readSchedule(t *Template, p properties) {
	p.addTarget(t, typeSchedule, p.within("Target"), sourceScheduler)
}

func (p properties) addTarget(t *Template, kind string, target properties, source string) {
	function, ok := p.r.find(typeFunction, target.required("Arn"))
	if !ok {
		p.unsupported(t, kind, "its target is no function of this template")
		return
	}
	p.addSchedule(t, function, "ScheduleExpression", source, target.text("Input", ""))
}

// addSchedule reads a schedule; expression is the property of its times.
func (p properties) addSchedule(t *Template, function, expression, source, input string) {
	written := p.required(expression)
	times, err := ParseTimes(written)
	if err != nil {
		p.r.at = p.path + "." + expression
		p.r.errorf(p.value(expression), "%v", err)
		return
	}
	enabled := p.boolean("Enabled", true) && p.text("State", "ENABLED") != "DISABLED"
	t.Schedules = append(t.Schedules, Schedule{
		Name: p.path, Function: function, Times: times, Source: source, Input: input, Enabled: enabled,
	})
}
