package template

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"rental.example/functions/local/filterpolicy"
)

// Types of the resources that are simulated by what is read of them.
const (
	typeAPI          = "AWS::Serverless::Api"
	typeFunction     = "AWS::Serverless::Function"
	typeTable        = "AWS::DynamoDB::Table"
	typeTopic        = "AWS::SNS::Topic"
	typeQueue        = "AWS::SQS::Queue"
	typeSubscription = "AWS::SNS::Subscription"
	typeMapping      = "AWS::Lambda::EventSourceMapping"
	typeRule         = "AWS::Events::Rule"
	typeSchedule     = "AWS::Scheduler::Schedule"
)

// reader reads a resource into a template.
type reader func(t *Template, p properties)

// readers are the types that are simulated.
func readers() map[string]reader {
	return map[string]reader{
		typeAPI: readAPI, typeFunction: readFunction, typeTable: readTable, typeTopic: readTopic, typeQueue: readQueue,
		typeSubscription: readSubscription, typeMapping: readMapping, typeRule: readRule, typeSchedule: readSchedule,
	}
}

// needless are the types, or beginnings of types, that need no simulation: another part of the runner replaces them, or
// they change no event, response or message.
var needless = []string{
	"AWS::ApiGateway::Account", "AWS::Cognito::UserPool", "AWS::OpenSearchService::Domain",
	"AWS::IAM::", "AWS::KMS::", "AWS::Lambda::Permission", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy",
	"AWS::CloudWatch::", "AWS::Logs::", "AWS::XRay::", "AWS::WAFv2::",
}

// changing are properties that the runner does not simulate, by type, and that change what functions get.
var changing = map[string][]string{
	typeFunction: {"DeadLetterQueue", "FunctionUrlConfig"},
	typeTopic:    {"FifoTopic", "Subscription"},
	typeQueue:    {"FifoQueue"},
	typeMapping:  {"FilterCriteria", "TumblingWindowInSeconds"},
	typeRule:     {"EventPattern"},
}

// read reads a resource of any type.
func (r *resolver) read(t *Template, res resource) {
	read, ok := readers()[res.kind]
	switch p := r.of(res); {
	case ok:
		p.reportChanging(t, res.kind)
		read(t, p)
	case !slices.ContainsFunc(needless, func(kind string) bool { return strings.HasPrefix(res.kind, kind) }):
		p.unsupported(t, res.kind, "the runner does not know this type")
	}
}

func (p properties) unsupported(t *Template, kind, reason string) {
	t.Unsupported = append(t.Unsupported, Unsupported{Name: p.path, Type: kind, Reason: reason})
}

func (p properties) reportChanging(t *Template, kind string) {
	for _, property := range changing[kind] {
		if p.value(property) != nil {
			p.unsupported(t, kind, "the property "+property)
		}
	}
}

// readAPI reads the origin of a REST API's CORS, which is in quotes within quotes.
func readAPI(t *Template, p properties) {
	origin := p.value("Cors")
	if origin != nil && origin.Kind == yaml.MappingNode {
		origin = p.within("Cors").value("AllowOrigin")
	}
	if origin != nil {
		t.AllowedOrigin = strings.Trim(origin.Value, "'")
	}
}

func readTable(t *Template, p properties) {
	table := Table{
		ID: p.path, Name: p.r.attributes(resource{id: p.path, kind: typeTable})[""], Key: readKey(p),
		ExpiresAt: p.within("TimeToLiveSpecification").text("AttributeName", ""),
	}
	if stream := p.within("StreamSpecification"); stream.node != nil {
		table.StreamView = stream.required("StreamViewType")
	}
	for _, a := range p.each("AttributeDefinitions") {
		table.Attributes = append(table.Attributes, Attribute{a.required("AttributeName"), a.required("AttributeType")})
	}
	for _, i := range p.each("GlobalSecondaryIndexes") {
		projection := i.within("Projection")
		index := Index{Name: i.required("IndexName"), Key: readKey(i), Projection: projection.required("ProjectionType")}
		for _, name := range projection.list("NonKeyAttributes") {
			index.NonKey = append(index.NonKey, name.Value)
		}
		table.Indexes = append(table.Indexes, index)
	}
	t.Tables = append(t.Tables, table)
}

func readKey(p properties) (key Key) {
	for _, element := range p.each("KeySchema") {
		if name := element.required("AttributeName"); element.required("KeyType") == "RANGE" {
			key.Sort = name
		} else {
			key.Partition = name
		}
	}
	if key.Partition == "" {
		p.r.at = p.path + ".KeySchema"
		p.r.errorf(p.at, "want a key of KeyType HASH")
	}
	return key
}

func readTopic(t *Template, p properties) { t.Topics = append(t.Topics, p.path) }

// readQueue reads a queue; the defaults are those of the service.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
func readQueue(t *Template, p properties) {
	q := Queue{
		Name: p.path, Visibility: p.seconds("VisibilityTimeout", 30), Retention: p.seconds("MessageRetentionPeriod", 4*24*60*60),
		Delay: p.seconds("DelaySeconds", 0),
	}
	if redrive := p.within("RedrivePolicy"); redrive.node != nil {
		redrive.required("deadLetterTargetArn")
		q.DeadLetters, q.MaxReceiveCount = redrive.queue("deadLetterTargetArn"), redrive.number("maxReceiveCount", 10)
	}
	t.Queues = append(t.Queues, q)
}

func readSubscription(t *Template, p properties) {
	if protocol := p.required("Protocol"); protocol != "sqs" {
		p.unsupported(t, typeSubscription, "the protocol "+protocol)
		return
	}
	s := Subscription{Queue: p.queue("Endpoint"), Raw: p.boolean("RawMessageDelivery", false)}
	topic, ok := p.r.find(typeTopic, p.required("TopicArn"))
	if s.Topic = topic; !ok {
		p.unsupported(t, typeSubscription, "TopicArn is no topic of this template")
		return
	}
	if policy := p.value("FilterPolicy"); policy != nil {
		value, err := plainValue(policy)
		if err == nil {
			s.Filter, err = filterpolicy.New(value, p.text("FilterPolicyScope", filterpolicy.MessageAttributes))
		}
		if err != nil {
			p.r.at = p.path + ".FilterPolicy"
			p.r.errorf(policy, "%v", err)
		}
	}
	t.Subscriptions = append(t.Subscriptions, s)
}
