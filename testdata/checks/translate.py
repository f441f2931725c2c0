"""Translates template.yaml as CloudFormation would on deployment, with the translator that the SAM CLI ships.

Standard input: a list of objects of parameters. Standard output: a list of the templates they give, with conditions
and intrinsic functions still in them. For functions/policy_test.go."""

import json
import os
import sys

# Nothing is asked of AWS; partitions and managed policies' ARNs follow from the region.
os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"

from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402


class NoPolicies:
    """The template names managed policies by ARN alone."""

    def load(self):
        return {}


def translated(text, parameters):
    template = yaml_parse(text)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"  # the translator takes no folder
    return transform(template, parameters, NoPolicies())


with open(sys.argv[1], encoding="utf-8") as file:
    source = file.read()
json.dump([translated(source, p) for p in json.load(sys.stdin)], sys.stdout)
