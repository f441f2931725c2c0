"""Edits template.yaml and adapters/dynamo/dynamousers/index.go of the folder it runs in, as one row of the table "Change the
projection of an index" in functions/DEPLOY.md says. Arguments: the row's cells for the two files. A cell that it does
not have is an error, so that the page cannot say what was not rehearsed."""

import re
import sys

TEMPLATE, CODE = "template.yaml", "adapters/dynamo/dynamousers/index.go"
STATEMENT = "Resource: !Sub ${UsersTable.Arn}/index/byTypeShard"
BOTH = 'Resource: [!Sub "${UsersTable.Arn}/index/byTypeShard", !Sub "${UsersTable.Arn}/index/byTypeShard2"]'
DIMENSION = "Name: GlobalSecondaryIndexName, Value: byTypeShard"
INDEX = re.compile(r" +- IndexName: byTypeShard\n(?: .*\n)*?.*NonKeyAttributes: \[[^]]*\]\n")
PROJECTED = '{name: "byTypeShard", projected: []string{"name", "userType", "ratings", "version"}},'
PROJECTED2 = '{name: "byTypeShard2", projected: []string{"name", "userType", "ratings", "version", "updatedAt"}},'


def replace(text, old, new):
    if text.count(old) != 1:
        raise SystemExit(f"projection.py: {old!r} occurs {text.count(old)} times, want 1: adapt this script")
    return text.replace(old, new)


def index(text):
    found = INDEX.search(text)
    if not found:
        raise SystemExit(f"projection.py: {TEMPLATE} has no IndexName: byTypeShard with NonKeyAttributes: adapt this script")
    return found[0]


def second(text):
    return index(text).replace("byTypeShard", "byTypeShard2").replace("version]", "version, updatedAt]")


def add_index(text):
    return replace(replace(text, index(text), index(text) + second(text)), STATEMENT + "\n", BOTH + "\n")


def drop_index(text):
    return replace(replace(text, index(text), ""), BOTH, STATEMENT + "2")


EDITS = {
    TEMPLATE: {
        "": lambda text: text,
        "add `byTypeShard2`, also to the statement `ListByType`": add_index,
        "name `byTypeShard2` in `UsersTableThrottlesAlarm`": lambda text: replace(text, DIMENSION + " ", DIMENSION + "2 "),
        "drop `byTypeShard` in table and statement": drop_index,
        "change the projection in place": lambda text: replace(text, index(text), second(text).replace("byTypeShard2", "byTypeShard")),
    },
    CODE: {
        "": lambda text: text,
        "add it to `indexes`": lambda text: replace(text, PROJECTED, PROJECTED + "\n\t\t" + PROJECTED2),
        '`listIndex = "byTypeShard2"`': lambda text: replace(text, 'const listIndex = "byTypeShard"', 'const listIndex = "byTypeShard2"'),
        "drop it": lambda text: replace(text, "\t\t" + PROJECTED + "\n", ""),
    },
}

for path, cell in zip((TEMPLATE, CODE), sys.argv[1:], strict=True):
    if cell not in EDITS[path]:
        raise SystemExit(f"projection.py: functions/DEPLOY.md says of {path} '{cell}', which is not rehearsed: add it to EDITS")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(EDITS[path][cell](text))
