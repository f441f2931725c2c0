"""Reads lists of parameter overrides, as samconfig.toml has them, as the SAM CLI does. Standard input: a list of lists.
Standard output: for each an object of what is left of it. For functions/awschecksschemas_test.go."""

import json
import sys

from samcli.cli.types import CfnParameterOverridesType

json.dump([CfnParameterOverridesType().convert(given, None, None) for given in json.load(sys.stdin)], sys.stdout)
