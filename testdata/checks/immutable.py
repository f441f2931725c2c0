"""Prints which properties replace a resource, for each type on standard input (a list), by the schemas that cfn-lint
ships with the SAM CLI. For functions/awschecksreplacement_test.go."""

import json
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER


def immutable(kind):
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", kind).schema
    paths = schema.get("createOnlyProperties", []) + schema.get("conditionalCreateOnlyProperties", [])
    return [path.removeprefix("/properties/").replace("/", ".") for path in paths]


json.dump({kind: immutable(kind) for kind in json.load(sys.stdin)}, sys.stdout)
