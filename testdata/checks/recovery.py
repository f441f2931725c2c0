"""What testdata/checks/recovery writes and looks at: recovery.py FOLDER STEP. BASE is the local runner; the engines
are where the other variables say."""

import concurrent.futures
import hashlib
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request
import uuid

FOLDER, STEP = sys.argv[1:]
BASE, SEARCH, DYNAMODB, SQS = (os.environ[n] for n in ("BASE", "OPENSEARCH_ENDPOINT", "DYNAMODB_ENDPOINT", "SQS_ENDPOINT"))
PERSON, SUB, NAME = "renter@example.com", "11111111-1111-4111-8111-111111111111", "Zenobia Erasable"
ID = str(uuid.UUID(bytes=hashlib.sha256(b"rental/user\0" + SUB.encode()).digest()[:16]))  # as domain.UserIDOf
ITEMS, PROFILES = 10_000, 1_000  # TestRestoreUsers has 10,000, without a stream that each goes through here


def send(method, url, body=None, headers=None):
    """The status and the body of a response; errors of HTTP are responses, too."""
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text = response.status, response.read()
    except urllib.error.HTTPError as e:
        status, text = e.code, e.read()
    return status, json.loads(text) if text else None


def must(method, url, body=None, headers=None):
    status, response = send(method, url, body, headers)
    assert status < 300, (method, url, status, response)
    return response


def aws(endpoint, target, body, kind="1.0"):
    service = "sqs" if target.startswith("AmazonSQS") else "dynamodb"
    headers = {
        "X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{kind}", "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
        "Authorization": f"AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0",
    }
    return must("POST", endpoint + "/", body, headers)


def table(operation, **body):
    return aws(DYNAMODB, "DynamoDB_20120810." + operation, body)


def queue(operation, **body):
    return aws(SQS, "AmazonSQS." + operation, body)


def queues():
    return {url.rsplit("/", 1)[1]: url for url in queue("ListQueues")["QueueUrls"]}


def scan(name):
    items, start = [], {}
    while True:
        page = table("Scan", TableName=name, ConsistentRead=True, **start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def sign_in(email):
    body = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "localclient", "AuthParameters": {"USERNAME": email, "PASSWORD": "Passw0rd!"}}
    response = aws(BASE, "AWSCognitoIdentityProviderService.InitiateAuth", body, "1.1")
    return {"Authorization": "Bearer " + response["AuthenticationResult"]["IdToken"]}


def draft(name):
    return {"name": name, "lat": 52.5, "lng": 13.4}


def bulk(lines):
    response = must("POST", SEARCH + "/items/_bulk", "".join(lines).encode())
    assert not response["errors"], response


def ulid(n):
    return f"01J{n:023d}"


def seed():
    token = sign_in(PERSON)
    with open(FOLDER + "/token", "w") as f:
        json.dump(token, f)
    must("GET", BASE + "/items")  # makes the index
    must("POST", BASE + "/user", {"name": NAME, "email": PERSON, "userType": "rentee", "ratings": 5}, token)
    for n in range(2):
        must("POST", BASE + "/items", draft(f"Erasable ladder {n}"), token)
    must("POST", BASE + "/user", {"name": "Loader", "email": "rentee@example.com", "userType": "rentee"}, sign_in("rentee@example.com"))
    then = int(time.time() - 3600) * 1_000_000
    for start in range(0, ITEMS, 1000):
        bulk(
            json.dumps({"index": {"_id": ulid(n)}}) + "\n" + json.dumps({
                "id": ulid(n), "ownerId": str(uuid.UUID(int=n % 97 + 1)), "ownerVersion": 1, "name": f"seeded {n}",
                "location": {"lat": 52.5, "lon": 13.4}, "version": then, "createdAt": then, "updatedAt": then,
                "requestId": "seed", "draft": "0" * 64}) + "\n"
            for n in range(start, start + 1000)
        )
    records = scan("users")
    assert len(records) == 2, records
    for n in range(PROFILES):
        text = {"id": str(uuid.UUID(int=n + 1)), "name": f"Person {n}", "email": f"person{n}@example.com", "userType": "renter",
                "typeShard": "renter#00", "requestId": "seed"}
        number = {"version": then, "createdAt": then, "updatedAt": then, "ratings": 1}
        records.append({k: {"S": v} for k, v in text.items()} | {k: {"N": str(v)} for k, v in number.items()} | {"emailVerified": {"BOOL": False}})
    for start in range(0, len(records), 25):
        requests = [{"PutRequest": {"Item": r}} for r in records[start:start + 25]]
        assert not table("BatchWriteItem", RequestItems={"backup": requests}).get("UnprocessedItems")
    print(f"ok   {ITEMS} items and {PROFILES} profiles")


def insist(counts, request):
    """Repeats a request until it is carried out, as a client does that honours Retry-After."""
    for _ in range(600):
        status, response = request()
        if status < 300 or status == 404:
            counts["acknowledged"] += 1
            return response
        assert status in (409, 503), (status, response)
        counts["refused"] += 1
        time.sleep(0.2)
    raise AssertionError("refused for too long")


def write(worker, token, counts):
    """Creates, changes and deletes items until the file stop is there; returns names by id, None for deleted."""
    expected, mine, n = {}, [], 0
    while not os.path.exists(FOLDER + "/stop"):
        n += 1
        name = f"worker {worker} write {n}"
        choice = random.randrange(4)
        if choice == 0 or not mine:
            key = {"Idempotency-Key": f"{worker}-{n}"}
            made = insist(counts, lambda: send("POST", BASE + "/items", draft(name), token | key))
            mine.append(made["id"])
            expected[made["id"]] = name
        elif choice == 1:
            gone = mine.pop(random.randrange(len(mine)))
            insist(counts, lambda: send("DELETE", BASE + "/items/" + gone, None, token))
            expected[gone] = None
        else:
            one = random.choice(mine)
            insist(counts, lambda: send("PATCH", BASE + "/items/" + one, {"name": name}, token))
            expected[one] = name
    return expected


def load():
    token, counts, expected = sign_in("rentee@example.com"), {"acknowledged": 0, "refused": 0}, {}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for part in pool.map(lambda worker: write(worker, token, counts), range(8)):
            expected |= part
    assert counts["acknowledged"] > 50, counts
    with open(FOLDER + "/expected", "w") as f:
        json.dump(expected, f)
    print(f"ok   load: {counts}, {len(expected)} items")


def verify():
    with open(FOLDER + "/expected") as f:
        expected = json.load(f)
    expected |= {ulid(n): f"seeded {n}" for n in range(ITEMS)}
    ids, wrong = list(expected), []
    for start in range(0, len(ids), 1000):
        for d in must("POST", SEARCH + "/items/_mget", {"ids": ids[start:start + 1000]})["docs"]:
            name = d["_source"]["name"] if d["found"] else None
            if name != expected[d["_id"]]:
                wrong.append((d["_id"], name, expected[d["_id"]]))
    assert not wrong, (len(wrong), wrong[:5])
    profiles = scan("users")
    assert len(profiles) == PROFILES + 2, len(profiles)
    print(f"ok   {len(expected)} items and {len(profiles)} profiles are as they were acknowledged")


def dead_letters():
    """About the person, of each kind that there is; and about others, which have to stay."""
    record = {"dynamodb": {"Keys": {"id": {"S": ID}}, "NewImage": {"name": {"S": NAME}, "email": {"S": PERSON}}}}
    event = {"subject": ID, "data": {"userId": ID, "name": NAME}}
    for name, url in queues().items():
        if "DeadLetter" in name:
            for body in [record if "UserEvents" in name else event] + [{"subject": str(uuid.uuid4())} for _ in range(12)]:
                queue("SendMessage", QueueUrl=url, MessageBody=json.dumps(body))
    print("ok   dead letters")


def exported():
    with open(FOLDER + "/export.json") as f:
        e = json.load(f)
    attributes = {a["Name"]: a["Value"] for a in e["account"]["user"]["UserAttributes"]}
    assert attributes["email"] == PERSON and e["account"]["groups"] == [], e["account"]
    assert (e["profile"]["name"], e["profile"]["email"]) == (NAME, PERSON), e["profile"]
    assert sorted(i["name"] for i in e["items"]) == ["Erasable ladder 0", "Erasable ladder 1"], e["items"]
    assert e["owner"]["name"] == NAME and e["erasedAt"] is None, e
    assert {len(v) for v in e["deadLetters"].values()} == {1} and len(e["deadLetters"]) == 2, e["deadLetters"]
    assert e["leftOverIndices"] == ["items-owners-v1", "items-v1", "items-v2"], e["leftOverIndices"]
    print("ok   make export: account, profile, items, dead letters")


def late_write():
    """A token that was issued before is taken until it expires, deployed too."""
    with open(FOLDER + "/token") as f:
        token = json.load(f)
    must("POST", BASE + "/user", {"name": NAME, "email": PERSON, "userType": "rentee"}, token)
    item = insist({"acknowledged": 0, "refused": 0}, lambda: send("POST", BASE + "/items", draft("Erasable drill"), token))
    assert item["id"], item
    print("ok   a token that is still valid brings the person back, so that forget has to be run again")


def an_hour_later():
    record, = scan("erasures")
    assert set(record) == {"hash", "erasedAt"} and ID not in str(record) and SUB not in str(record), record
    record["erasedAt"]["N"] = str(int(record["erasedAt"]["N"]) - 62 * 60 * 1_000_000)
    table("PutItem", TableName="erasures", Item=record)
    print("ok   the first run is an hour ago")


def nothing_left():
    """What functions/RUNBOOK.md names may be left, and nothing else: a tombstone, a hash, a deletion's version."""
    kept = {}

    def clean(where, what):
        kept[where] = text = json.dumps(what).lower()
        assert "erasable" not in text and PERSON not in text, (where, [w for w in text.split("}") if "erasable" in w or PERSON in w][:3])

    users = scan("users")
    clean("users", users)
    tombstone, = (u for u in users if u["id"]["S"] == ID)
    assert set(tombstone) == {"id", "version", "deletedAt", "deletedVersion", "requestId", "expiresAt"}, tombstone
    clean("erasures", scan("erasures"))
    for index in must("GET", SEARCH + "/_cat/indices/items*?format=json&h=index"):
        must("POST", SEARCH + f"/{index['index']}/_refresh")
        query = {"query": {"multi_match": {"query": "erasable zenobia", "fields": ["name", "details"]}}} if "owners" not in index["index"] else {
            "query": {"term": {"id": ID}}}
        clean(index["index"], must("POST", SEARCH + f"/{index['index']}/_search", query)["hits"])
        owned = must("POST", SEARCH + f"/{index['index']}/_count", {"query": {"term": {"ownerId": ID}}})
        assert owned["count"] == 0, (index, owned)
    for name, url in queues().items():
        messages, empty = [], 0
        while empty < 3:
            page = queue("ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=5).get("Messages", [])
            messages, empty = messages + page, 0 if page else empty + 1
        clean(name, [m["Body"] for m in messages])
        assert ID not in kept[name] and ("DeadLetter" not in name or len({m["MessageId"] for m in messages}) == 12), (name, len(messages))
    for q in must("GET", BASE + "/_local/queues")["queues"]:
        clean(q["name"], must("GET", BASE + "/_local/queues/" + q["name"]))
    with open(FOLDER + "/log") as f:
        clean("log", f.read())
    body = {"UserPoolId": "us-east-1_local", "Username": SUB}
    headers = {"X-Amz-Target": "AWSCognitoIdentityProviderService.AdminGetUser", "Content-Type": "application/x-amz-json-1.1"}
    status, response = send("POST", BASE + "/", body, headers)
    assert status == 400 and response["__type"] == "UserNotFoundException", response
    print("ok   nothing of the person is left in " + ", ".join(sorted(kept)))


{"seed": seed, "load": load, "verify": verify, "dead-letters": dead_letters, "exported": exported, "late-write": late_write,
 "an-hour-later": an_hour_later, "nothing-left": nothing_left}[STEP]()
