package functions_test

// handlerActions are the actions that CloudFormation calls for a resource of a type to create, read, update and
// delete it, with the properties that this project uses. "Type.Property" has those that a property adds.
//
// The source is "handlers" in the type's resource schema (aws cloudformation describe-type --type RESOURCE
// --type-name ...; hashicorp/terraform-provider-awscc keeps copies). Left out is what the schemas list for properties
// that are not used here: keys of one's own (kms), networks (ec2), file systems, Kinesis, replicas, imports, provisioned
// concurrency's writes, roles of SNS and Events. What the schemas call es:UpdateDomain is es:UpdateDomainConfig in IAM.
// SNS::TopicPolicy, SQS::QueuePolicy and Budgets::Budget have no handlers in a schema: their rows follow from the
// services' APIs.
var handlerActions = map[string][]string{
	"AWS::ApiGateway::Account":    {"apigateway:GET", "apigateway:PATCH", "iam:GetRole", "iam:PassRole"},
	"AWS::ApiGateway::RestApi":    {"apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"},
	"AWS::ApiGateway::Deployment": {"apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"},
	"AWS::ApiGateway::Stage":      {"apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"},
	"AWS::Budgets::Budget":        {"budgets:ListTagsForResource", "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource", "budgets:ViewBudget"},
	"AWS::CloudWatch::Alarm": {"cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
		"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"},
	"AWS::CloudWatch::CompositeAlarm": {"cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
		"cloudwatch:PutCompositeAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"},
	"AWS::CloudWatch::Dashboard": {"cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
		"cloudwatch:PutDashboard", "cloudwatch:TagResource", "cloudwatch:UntagResource"},
	"AWS::CodeDeploy::Application": {"codedeploy:CreateApplication", "codedeploy:DeleteApplication", "codedeploy:GetApplication",
		"codedeploy:ListTagsForResource", "codedeploy:TagResource", "codedeploy:UntagResource"},
	// With what an alias calls that moves by a deployment of its group.
	"AWS::CodeDeploy::DeploymentGroup": {"codedeploy:CreateDeployment", "codedeploy:CreateDeploymentGroup",
		"codedeploy:DeleteDeploymentGroup", "codedeploy:GetApplicationRevision", "codedeploy:GetDeployment",
		"codedeploy:GetDeploymentConfig", "codedeploy:GetDeploymentGroup", "codedeploy:ListDeployments",
		"codedeploy:ListTagsForResource", "codedeploy:RegisterApplicationRevision", "codedeploy:StopDeployment",
		"codedeploy:TagResource", "codedeploy:UntagResource", "codedeploy:UpdateDeploymentGroup", "iam:PassRole"},
	"AWS::Cognito::UserPool": {"cognito-idp:CreateUserPool", "cognito-idp:DeleteUserPool", "cognito-idp:DescribeUserPool",
		"cognito-idp:GetUserPoolMfaConfig", "cognito-idp:ListTagsForResource", "cognito-idp:SetUserPoolMfaConfig",
		"cognito-idp:TagResource", "cognito-idp:UntagResource", "cognito-idp:UpdateUserPool"},
	// Mails by an identity of SES: Cognito makes itself a role for them.
	"AWS::Cognito::UserPool.EmailConfiguration": {"iam:CreateServiceLinkedRole"},
	"AWS::Cognito::UserPoolClient": {"cognito-idp:CreateUserPoolClient", "cognito-idp:DeleteUserPoolClient",
		"cognito-idp:DescribeUserPoolClient", "cognito-idp:UpdateUserPoolClient"},
	"AWS::Cognito::UserPoolGroup": {"cognito-idp:CreateGroup", "cognito-idp:DeleteGroup", "cognito-idp:GetGroup", "cognito-idp:UpdateGroup"},
	"AWS::DynamoDB::Table": {"dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeContinuousBackups",
		"dynamodb:DescribeContributorInsights", "dynamodb:DescribeKinesisStreamingDestination", "dynamodb:DescribeTable",
		"dynamodb:DescribeTimeToLive", "dynamodb:GetResourcePolicy", "dynamodb:ListTagsOfResource", "dynamodb:TagResource",
		"dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"},
	"AWS::Events::Rule": {"events:DeleteRule", "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
		"events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource"},
	"AWS::IAM::Role": {"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
		"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:PutRolePermissionsBoundary",
		"iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"},
	"AWS::Lambda::Alias": {"lambda:CreateAlias", "lambda:DeleteAlias", "lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"},
	"AWS::Lambda::EventInvokeConfig": {"lambda:DeleteFunctionEventInvokeConfig", "lambda:GetFunctionEventInvokeConfig",
		"lambda:PutFunctionEventInvokeConfig", "lambda:UpdateFunctionEventInvokeConfig"},
	"AWS::Lambda::EventSourceMapping": {"lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping",
		"lambda:GetEventSourceMapping", "lambda:ListTags", "lambda:TagResource", "lambda:UntagResource", "lambda:UpdateEventSourceMapping"},
	"AWS::Lambda::Function": {"iam:PassRole", "lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunction",
		"lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionRecursionConfig", "lambda:GetFunctionScalingConfig",
		"lambda:GetRuntimeManagementConfig", "lambda:TagResource", "lambda:UntagResource", "lambda:UpdateFunctionCode",
		"lambda:UpdateFunctionConfiguration", "s3:GetObject"},
	"AWS::Lambda::Function.ReservedConcurrentExecutions": {"lambda:DeleteFunctionConcurrency", "lambda:PutFunctionConcurrency"},
	"AWS::Lambda::Permission":                            {"lambda:AddPermission", "lambda:GetPolicy", "lambda:RemovePermission"},
	"AWS::Lambda::Version": {"lambda:DeleteFunction", "lambda:GetFunctionConfiguration", "lambda:GetFunctionScalingConfig",
		"lambda:GetProvisionedConcurrencyConfig", "lambda:GetRuntimeManagementConfig", "lambda:ListVersionsByFunction", "lambda:PublishVersion"},
	"AWS::Logs::LogGroup": {"logs:CreateLogGroup", "logs:DeleteDataProtectionPolicy", "logs:DeleteLogGroup",
		"logs:DeleteRetentionPolicy", "logs:DescribeLogGroups", "logs:GetDataProtectionPolicy", "logs:ListTagsForResource",
		"logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"},
	"AWS::Logs::MetricFilter":    {"logs:DeleteMetricFilter", "logs:DescribeMetricFilters", "logs:PutMetricFilter"},
	"AWS::Logs::QueryDefinition": {"logs:DeleteQueryDefinition", "logs:DescribeQueryDefinitions", "logs:PutQueryDefinition"},
	"AWS::Logs::ResourcePolicy":  {"logs:DeleteResourcePolicy", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy"},
	"AWS::OpenSearchService::Domain": {"es:AddTags", "es:CreateDomain", "es:DeleteDomain", "es:DescribeDomain",
		"es:DescribeDomainChangeProgress", "es:ListTags", "es:RemoveTags", "es:UpdateDomainConfig", "es:UpgradeDomain"},
	// With encryption, versions, a lifecycle and no public access.
	"AWS::S3::Bucket": {"s3:CreateBucket", "s3:DeleteBucket", "s3:GetBucketPublicAccessBlock", "s3:GetBucketTagging",
		"s3:GetBucketVersioning", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:ListBucket",
		"s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration",
		"s3:PutLifecycleConfiguration"},
	"AWS::S3::BucketPolicy":    {"s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"},
	"AWS::Scheduler::Schedule": {"iam:PassRole", "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"},
	// The transform is a macro, which the role of a stack has to be allowed as whoever plans it.
	"AWS::Serverless-2016-10-31": {"cloudformation:CreateChangeSet"},
	"AWS::SNS::Subscription":     {"sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Subscribe", "sns:Unsubscribe"},
	"AWS::SNS::Topic": {"sns:CreateTopic", "sns:DeleteTopic", "sns:GetDataProtectionPolicy", "sns:GetTopicAttributes",
		"sns:ListSubscriptionsByTopic", "sns:ListTagsForResource", "sns:SetTopicAttributes", "sns:TagResource", "sns:UntagResource"},
	"AWS::SNS::TopicPolicy": {"sns:GetTopicAttributes", "sns:SetTopicAttributes"},
	"AWS::SQS::Queue": {"sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags",
		"sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"},
	"AWS::SQS::QueuePolicy": {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SetQueueAttributes"},
	"AWS::WAFv2::WebACL": {"wafv2:CreateWebACL", "wafv2:DeleteWebACL", "wafv2:GetWebACL", "wafv2:ListTagsForResource",
		"wafv2:TagResource", "wafv2:UntagResource", "wafv2:UpdateWebACL"},
	// With an API's stage or a user pool.
	"AWS::WAFv2::WebACLAssociation": {"apigateway:SetWebACL", "cognito-idp:AssociateWebACL", "cognito-idp:DisassociateWebACL",
		"cognito-idp:GetWebACLForResource", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "wafv2:GetWebACL", "wafv2:GetWebACLForResource"},
	"AWS::XRay::SamplingRule": {"xray:CreateSamplingRule", "xray:DeleteSamplingRule", "xray:GetSamplingRules",
		"xray:ListTagsForResource", "xray:TagResource", "xray:UntagResource", "xray:UpdateSamplingRule"},
}

// namesNoResource are the actions for which the service knows no resource to name, or none before it is made.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
var namesNoResource = []string{"codedeploy:StopDeployment", "cognito-idp:CreateUserPool", "lambda:CreateEventSourceMapping",
	"lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping", "logs:DeleteQueryDefinition", "logs:DeleteResourcePolicy",
	"logs:DescribeLogGroups", "logs:DescribeQueryDefinitions", "logs:DescribeResourcePolicies", "logs:PutQueryDefinition",
	"logs:PutResourcePolicy", "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe", "xray:GetSamplingRules"}

// namedByService are resources whose ids the service makes up, or which are not the stack's, so that its name is not
// in them.
var namedByService = []string{
	"arn:${AWS::Partition}:apigateway:${AWS::Region}::/account",
	"arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis",
	"arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/*",
	"arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/*/stages/*",
	"arn:${AWS::Partition}:apigateway:${AWS::Region}::/tags/*",
	"arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentconfig:CodeDeployDefault.*",
	"arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/*",
	"arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/${OpenSearchDomainName}",
	"arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/email.cognito-idp.amazonaws.com/*",
	"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:event-source-mapping:*",
	"arn:${AWS::Partition}:s3:::aws-sam-cli-managed-default-samclisourcebucket-*/*",
	"arn:${AWS::Partition}:wafv2:${AWS::Region}:${AWS::AccountId}:regional/managedruleset/*/*",
	"arn:${AWS::Partition}:wafv2:${AWS::Region}:${AWS::AccountId}:regional/webacl/${StackName}-*/*", // and its id
	"arn:${AWS::Partition}:xray:${AWS::Region}:${AWS::AccountId}:sampling-rule/*",                   // at most 32 characters
}
