"""Resources that MiniStack does not know and would refuse.

Types that are missing are made in name only, and do nothing. An alarm of metric math is made as an alarm of its first
metric; no alarm rings here."""

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
