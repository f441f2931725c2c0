"""Corrections of what MiniStack does with events: the right to publish batches, batches of streams, and a concurrency
that is a parameter."""

import json
import time

from ministack.core import iam_actions
from ministack.services import lambda_svc

# IAM knows no actions for batches.
SINGLE = {"sns:PublishBatch": "sns:Publish", "sqs:SendMessageBatch": "sqs:SendMessage",
          "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
          "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility"}

MAX_DELAY = 2  # seconds


def correct():
    extract, execute = iam_actions.extract_iam_action, lambda_svc._execute_function

    def extract_single(*args, **kwargs):
        action = extract(*args, **kwargs)
        return SINGLE.get(action, action)

    def execute_until_done(function, event):
        records = event.get("Records") if isinstance(event, dict) else None
        if not records or records[0].get("eventSource") != "aws:dynamodb":
            return execute(function, event)
        return repeat(lambda rest: execute(function, {"Records": rest}), records)

    concurrency = lambda_svc._sqs_esm_concurrency

    def whole_concurrency(mapping, *args, **kwargs):
        scaling = mapping.get("ScalingConfig") or {}
        if "MaximumConcurrency" in scaling:  # CloudFormation makes a number of a parameter's text
            scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return concurrency(mapping, *args, **kwargs)

    lambda_svc._sqs_esm_concurrency = whole_concurrency
    iam_actions.extract_iam_action = extract_single
    lambda_svc._execute_function = execute_until_done


def repeat(invoke, records):
    """The first record that failed, and all after it, are retried without a limit, as the template's mapping says."""
    delay = 0.1
    while True:
        result = invoke(records)
        first = 0 if result.get("error") else first_failure(records, result.get("body"))
        if first is None:
            return result
        time.sleep(delay)
        records, delay = records[first:], min(2 * delay, MAX_DELAY)


def first_failure(records, body):
    """None when none failed. An identifier that no record has, or a body that is no JSON, is a failure of all."""
    try:
        response = json.loads(body or "null") if isinstance(body, (str, bytes)) else body
        failed = {failure["itemIdentifier"] for failure in (response or {}).get("batchItemFailures") or []}
    except (ValueError, TypeError, KeyError, AttributeError):
        return 0
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    if not failed <= set(numbers):
        return 0
    return min(map(numbers.index, failed), default=None)
