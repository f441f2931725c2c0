package template

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Names and limits of event source mappings.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
const (
	reportFailures   = "ReportBatchItemFailures"
	streamBatchSize  = 100
	queueBatchSize   = 10
	queueConcurrency = 5 // with which Lambda begins, if the mapping sets no maximum
)

func readMapping(t *Template, p properties) {
	function, ok := p.r.find(typeFunction, p.required("FunctionName"))
	if !ok {
		p.unsupported(t, typeMapping, "FunctionName is no function of this template")
		return
	}
	p.addMapping(t, function, "EventSourceArn")
}

// addMapping reads a mapping of a function; source is the property of its stream or queue.
//
// ParallelizationFactor has no effect: a shard's batches are processed one after the other. StartingPosition LATEST is
// TRIM_HORIZON, since the runner starts with the stream.
func (p properties) addMapping(t *Template, function, source string) {
	id, kind := p.oneOf(source, typeQueue, typeTable)
	m := Mapping{
		Function: function, Window: p.seconds("MaximumBatchingWindowInSeconds", 0), Enabled: p.boolean("Enabled", true),
		ReportsFailures: slices.ContainsFunc(p.list("FunctionResponseTypes"), func(n *yaml.Node) bool { return n.Value == reportFailures }),
	}
	switch kind {
	case typeQueue:
		m.BatchSize = p.number("BatchSize", queueBatchSize)
		t.QueueMappings = append(t.QueueMappings, QueueMapping{
			Mapping: m, Queue: id, MaxConcurrency: p.within("ScalingConfig").number("MaximumConcurrency", queueConcurrency),
		})
	case typeTable:
		m.BatchSize = p.number("BatchSize", streamBatchSize)
		t.StreamMappings = append(t.StreamMappings, StreamMapping{
			Mapping: m, Table: id, Bisect: p.boolean("BisectBatchOnFunctionError", false),
			MaxRetries: p.number("MaximumRetryAttempts", Infinite), MaxAge: p.seconds("MaximumRecordAgeInSeconds", Infinite),
			OnFailure: p.within("DestinationConfig").within("OnFailure").queue("Destination"),
		})
	default:
		p.unsupported(t, typeMapping, source+" is no queue and no stream of a table of this template")
	}
}
