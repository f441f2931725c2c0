"""Resources that MiniStack does not know and would refuse, and changes that it makes and AWS refuses.

Types that are missing are made in name only, and do nothing. An alarm of metric math is made as an alarm of its first
metric; no alarm rings here. A table or pool that is protected is not deleted, and indexes change as DynamoDB allows:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"""

from ministack.services import cognito, dynamodb
from ministack.services.cloudformation import provisioners

INERT = [
    "AWS::Logs::QueryDefinition",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::XRay::SamplingRule",
]


def correct():
    for kind in INERT:
        if kind in provisioners._RESOURCE_HANDLERS:
            raise SystemExit(f"MiniStack knows {kind}: remove it here")
        provisioners._RESOURCE_HANDLERS[kind] = {"create": create, "update": update, "delete": delete}
    provisioners._cw_metric_alarm_record = of_one_metric(provisioners._cw_metric_alarm_record)
    table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    table["update"] = index_by_index(table["update"])
    table["delete"] = unless_protected(table["delete"], dynamodb._tables, "DeletionProtectionEnabled", True)
    pool = provisioners._RESOURCE_HANDLERS["AWS::Cognito::UserPool"]
    pool["delete"] = unless_protected(pool["delete"], cognito._user_pools, "DeletionProtection", "ACTIVE")


def unless_protected(delete, records, attribute, protected):
    def corrected(physical_id, properties):
        record = records.get(physical_id) or {}
        if record.get(attribute) == protected:
            raise ValueError(f"{physical_id} cannot be deleted: deactivate its deletion protection first")
        return delete(physical_id, properties)

    return corrected


def index_by_index(update):
    def indexes(properties):
        return {index["IndexName"]: index for index in properties.get("GlobalSecondaryIndexes", [])}

    def corrected(physical_id, old, new, *rest):
        before, after = indexes(old), indexes(new)
        if any(before[name] != after[name] for name in before.keys() & after.keys()):
            raise ValueError("Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights "
                             "Specification. You can create a new GSI with a different name.")
        if len(before.keys() ^ after.keys()) > 1:
            raise ValueError("Cannot perform more than one GSI creation or deletion in a single update")
        return update(physical_id, old, new, *rest)

    return corrected


def of_one_metric(record):
    try:
        record("probe", {"Metrics": [{}]})
    except ValueError as refusal:
        if "metric math" not in str(refusal):
            raise SystemExit("MiniStack may know metric math: remove of_one_metric") from refusal

    def corrected(name, props):
        math = props.get("Metrics")
        if math:
            stat = next(m["MetricStat"] for m in math if "MetricStat" in m)
            props = {k: v for k, v in props.items() if k != "Metrics"}
            props.update(stat["Metric"], Period=stat["Period"], Statistic=stat["Stat"])
        return record(name, props)

    return corrected


def create(logical_id, _properties, stack):
    return f"{stack}-{logical_id}", {}


def update(physical_id, _old, _new, _stack):
    return physical_id, {}


def delete(_physical_id, _properties):
    pass
