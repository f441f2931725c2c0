package functions_test

import "maps"

// immutable are the properties that CloudFormation or the service does not change: either a change replaces the
// resource, by one that is empty, or it is refused. The types are those with state or with users of their own; a
// resource that the template retains must be of one of these. From the types' schemas (createOnlyProperties and
// conditionalCreateOnlyProperties, which TestImmutableProperties compares where the SAM CLI is) and, where a schema
// is silent, from the page that is named.
var immutable = map[string]map[string]string{
	"AWS::ApiGateway::Account": {},
	"AWS::Cognito::UserPool": {
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpool.html
		"UsernameAttributes":    otherPool,
		"AliasAttributes":       otherPool,
		"UsernameConfiguration": otherPool,
	},
	"AWS::Cognito::UserPoolClient": {
		"UserPoolId":     "a new client id: have applications take the new one, from a second client beside the first",
		"GenerateSecret": "a new client id: have applications take the new one, from a second client beside the first",
	},
	"AWS::Cognito::UserPoolDomain": {"UserPoolId": otherPool, "Domain": "sign-in pages move: make a second domain, of another logical id"},
	"AWS::Cognito::UserPoolGroup": {
		"UserPoolId": otherPool,
		"GroupName":  "the new group has no members: make a second group beside it, and move the members",
	},
	"AWS::DynamoDB::Table": {
		"KeySchema":                 otherTable,
		"TableName":                 otherTable,
		"LocalSecondaryIndexes":     otherTable,
		"ImportSourceSpecification": otherTable,
	},
	"AWS::IAM::Role": {"RoleName": renamedRole, "Path": renamedRole},
	"AWS::Lambda::EventSourceMapping": {
		"EventSourceArn":            otherMapping,
		"StartingPosition":          otherMapping,
		"StartingPositionTimestamp": otherMapping,
		"SelfManagedEventSource":    otherMapping,
	},
	"AWS::Logs::LogGroup":       {"LogGroupName": "the lines stay in the old group, or go: leave the name as it is"},
	"AWS::Logs::ResourcePolicy": {"PolicyName": "the old policy stays, and is one of the region's ten: aws logs delete-resource-policy after the deployment"},
	"AWS::OpenSearchService::Domain": {
		"DomainName":                          otherDomain,
		"EngineMode":                          otherDomain,
		"EncryptionAtRestOptions.Enabled":     otherDomain,
		"EncryptionAtRestOptions.KmsKeyId":    otherDomain,
		"AdvancedSecurityOptions.Enabled":     otherDomain,
		"NodeToNodeEncryptionOptions.Enabled": otherDomain,
		"VPCOptions":                          otherDomain,
	},
	"AWS::S3::Bucket": {"BucketName": otherBucket, "BucketNamePrefix": otherBucket, "BucketNamespace": otherBucket},
	"AWS::SNS::Subscription": {
		"Endpoint": otherSubscription, "Protocol": otherSubscription, "TopicArn": otherSubscription, "Region": otherSubscription,
	},
	"AWS::SNS::Topic":             {"TopicName": otherTopic, "FifoTopic": otherTopic},
	"AWS::SQS::Queue":             {"QueueName": otherQueue, "FifoQueue": otherQueue},
	"AWS::KMS::Key":               {},
	"AWS::Backup::BackupVault":    {"BackupVaultName": otherVault, "EncryptionKeyArn": otherVault},
	"AWS::SecretsManager::Secret": {"Name": "what reads it asks for the old name: make a second secret beside it"},
	"AWS::Serverless::Api":        {"StageName": "the API's URL changes: make a second API beside it"},
	"AWS::Serverless::Function":   {"FunctionName": otherFunction, "PackageType": otherFunction, "TenancyConfig": otherFunction, "DurableConfig": otherFunction},
	"AWS::ApiGateway::DomainName": {"DomainName": "callers go to the old name: make a second domain name beside it"},
}

const (
	otherPool         = "the new pool has no users, and passwords cannot be copied: leave it as it is, or make a second pool beside it and have people move by a migration trigger"
	otherTable        = "the new table is empty: make a second table beside it, copy, then switch the functions"
	otherDomain       = "the new domain is empty: make a second one beside it, and fill it by a snapshot or a reindex"
	renamedRole       = "whatever names its ARN, such as a domain's role mapping, refuses the new role: leave it as it is"
	otherMapping      = "the new mapping is made while the old one is there, and two of one source and function are refused: remove it by one deployment, make it by the next"
	otherBucket       = "the new bucket is empty: make a second one beside it, and copy"
	otherSubscription = "what is published in between is not delivered: make a second subscription beside it first"
	otherTopic        = "subscribers of others stay at the old topic: make a second topic beside it, and publish to both for a time"
	otherQueue        = "what waits in the old queue is lost: make a second queue beside it, and let the consumer empty the first"
	otherVault        = "its recovery points stay in the old vault: make a second vault beside it"
	otherFunction     = "the new function has no versions and another ARN: leave it as it is"
)

// immutableOf are the immutable properties of a type, its physical names included.
func immutableOf(kind string) (properties map[string]string, known bool) {
	listed, known := immutable[kind]
	properties = map[string]string{}
	for _, name := range nameProperties(kind) {
		if scopes[kind+" "+name] != nested && !renamable[kind] {
			properties[name] = "the resource is replaced under the new name: leave the name as it is"
		}
	}
	maps.Copy(properties, listed)
	return properties, known
}

// renamable are the types without state of their own, whose new name is a new resource as good as the old one; and
// the pool, whose name is a label.
var renamable = map[string]bool{
	"AWS::CloudWatch::Alarm": true, "AWS::CloudWatch::CompositeAlarm": true, "AWS::CloudWatch::Dashboard": true,
	"AWS::Logs::QueryDefinition": true, "AWS::Events::Rule": true, "AWS::Cognito::UserPool": true, "AWS::XRay::SamplingRule": true, "AWS::WAFv2::WebACL": true,
	"AWS::Serverless::Api": true, "AWS::Budgets::Budget": true,
}
