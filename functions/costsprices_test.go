package functions_test

import (
	"fmt"
	"math"
)

// price is in USD, in us-east-1 and in eu-west-1.
type price struct{ us, eu float64 }

func everywhere(usd float64) price { return price{usd, usd} }

func (p price) times(n float64) price { return price{p.us * n, p.eu * n} }

func (p price) plus(other price) price { return price{p.us + other.us, p.eu + other.eu} }

// String is one figure where both regions cost the same, to the cent, and else both.
func (p price) String() string {
	us, eu := fmt.Sprintf("%.2f", math.Round(p.us*100)/100), fmt.Sprintf("%.2f", math.Round(p.eu*100)/100) // 0.625 is 0.63
	switch {
	case us == eu && us == "0.00":
		return "0"
	case us == eu:
		return us
	}
	return us + " / " + eu
}

// The prices on demand, as of 2026-11-30. Sources: the pages aws.amazon.com/SERVICE/pricing of api-gateway, lambda,
// dynamodb, sns, sqs, cloudwatch, xray, cognito, opensearch-service and waf. Free tiers are not in them.
var (
	priceGatewayRequest  = everywhere(3.50e-6)
	priceLambdaRequest   = everywhere(0.20e-6)
	priceLambdaGBSeconds = map[string]price{"arm64": everywhere(0.0000133334), "x86_64": everywhere(0.0000166667)}
	priceReadUnit        = price{0.125e-6, 0.1415e-6}
	priceWriteUnit       = price{0.625e-6, 0.705e-6}
	priceStreamRead      = everywhere(0) // for triggers of Lambda
	priceTopicPublish    = everywhere(0.50e-6)
	priceQueueRequest    = everywhere(0.40e-6)
	priceLogBytes        = price{0.50e-9, 0.57e-9}
	priceTrace           = everywhere(5e-6)
	priceWebACL          = everywhere(5)
	priceWebACLRule      = everywhere(1)
	priceWebACLRequest   = everywhere(0.60e-6)

	// A month each.
	priceMetric         = everywhere(0.30)
	priceAlarmMetric    = everywhere(0.10) // of alarms with a period of a minute or more
	priceCompositeAlarm = everywhere(0.50)
	priceDashboard      = everywhere(3)
	priceVolumeGB       = price{0.122, 0.135} // of gp3, of a domain

	// An hour each, in us-east-1; in eu-west-1 known for the smallest alone.
	priceNode = map[string]price{
		"t3.small.search": {0.036, 0.039}, "t3.medium.search": {us: 0.073},
		"m7g.medium.search": {us: 0.068}, "m7g.large.search": {us: 0.135}, "m7g.xlarge.search": {us: 0.271},
		"r7g.medium.search": {us: 0.089}, "r7g.large.search": {us: 0.178}, "r7g.xlarge.search": {us: 0.356},
	}

	// A user who was active in the month, beyond the first 10,000 of an account. LITE becomes cheaper beyond 100,000.
	pricePoolUser = map[string]price{"LITE": everywhere(0.0055), "ESSENTIALS": everywhere(0.015)}
)

// What an account has free each month.
const (
	freeAlarmMetrics  = 10
	freeDashboards    = 3
	freeQueueRequests = 1e6
	freeTraces        = 100_000
	freePoolUsers     = 10_000
)

// A month, as AWS reckons it.
const (
	monthHours   = 730
	monthSeconds = monthHours * 3600
)

// costsNothing are the types of resources that cost nothing while they are not used, or at all. What they cost in use,
// a million requests of the table say.
var costsNothing = []string{
	"AWS::ApiGateway::Account", "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolGroup",
	"AWS::DynamoDB::Table", "AWS::Events::Rule", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::Lambda::EventSourceMapping",
	"AWS::Lambda::Permission", "AWS::Logs::LogGroup", "AWS::Logs::MetricFilter", "AWS::Logs::QueryDefinition", "AWS::Logs::ResourcePolicy",
	"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy",
	"AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::Serverless::Api", "AWS::Serverless::Function",
	"AWS::WAFv2::WebACLAssociation", "AWS::XRay::SamplingRule",
}

// costsSomething are the types whose cost counts says.
var costsSomething = []string{
	"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard", "AWS::OpenSearchService::Domain",
	"AWS::WAFv2::WebACL",
}
