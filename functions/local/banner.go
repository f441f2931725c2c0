package main

import (
	"fmt"
	"net/http"
	"strings"

	"rental.example/functions/local/cognito"
)

// banner is the text at the start: all that a first request needs.
type banner struct {
	address string
	options options
}

// String returns the text.
func (b banner) String() string {
	w := new(strings.Builder)
	fmt.Fprintf(w, "Listening on http://%s, %s. Ctrl-C ends it.\n\n", b.address, b.storage())
	for _, f := range b.options.template.Functions {
		for _, r := range f.Routes {
			if r.Method != http.MethodHead {
				fmt.Fprintf(w, "  %-7s%s\n", r.Method, r.Resource)
			}
		}
	}
	fmt.Fprintf(w, "\nSign-in: user pool %s, app client %s, at the same address (aws cognito-idp --region us-east-1 --endpoint-url http://%s ...).\n",
		cognito.PoolID, cognito.ClientID, b.address)
	fmt.Fprintf(w, "Queues, dead letters and event functions: curl http://%s/_local/queues\n", b.address)
	if !b.options.demo {
		fmt.Fprintf(w, "There are no users yet; the code that confirms a sign-up is %s.\n", cognito.ConfirmationCode)
		return w.String()
	}
	fmt.Fprintf(w, "Demo users, all with the password %s:\n", demoPassword)
	for _, u := range demoUsers() {
		fmt.Fprintf(w, "  %s%s\n", u.Email, groupNote(u))
	}
	if b.options.opensearch == "" {
		fmt.Fprintf(w, "\nFind a drill nearby among %d demo items:\n\n%s\n", demoItemCount, searchExample(b.address))
	}
	fmt.Fprintf(w, "\nSign in, save a profile, list an item (paste into another terminal):\n\n%s\n", signInExample(b.address))
	return w.String()
}

func (b banner) storage() string {
	switch {
	case b.options.dynamodb == "" && b.options.opensearch == "":
		return "everything kept in memory"
	case b.options.dynamodb == "":
		return "tables kept in memory, items in OpenSearch at " + b.options.opensearch
	case b.options.opensearch == "":
		return "tables kept in DynamoDB at " + b.options.dynamodb + ", items in memory"
	}
	return "tables kept in DynamoDB at " + b.options.dynamodb + ", items in OpenSearch at " + b.options.opensearch
}

func groupNote(u cognito.User) string {
	if len(u.Groups) == 0 {
		return ""
	}
	return " (group " + u.Groups[0] + ")"
}

// searchExample returns a command whose query has a typing error, which the search tolerates.
func searchExample(address string) string {
	return `curl -w '\n' "` + searchURL(address) + `"`
}

func searchURL(address string) string {
	return "http://" + address + "/items?q=dril&lat=52.52&lng=13.40&radiusKm=25&sort=distance"
}

// signInExample returns the commands of README.md with the runner's address. They need only curl and sed.
func signInExample(address string) string {
	return fmt.Sprintf(`TOKEN=$(curl -s http://%[1]s/ -H "Content-Type: application/x-amz-json-1.1" \
  -H "X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth" \
  -d '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"%[2]s",
       "AuthParameters":{"USERNAME":"%[3]s","PASSWORD":"%[4]s"}}' |
  sed -n 's/.*"IdToken":"\([^"]*\)".*/\1/p')
echo "signed in: ${TOKEN:?sign-in failed}" | cut -c 1-40

curl -i -w '\n' http://%[1]s/user -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
  -d '{"name":"Ada","email":"%[3]s","ratings":25,"userType":"renter"}'
curl -i -w '\n' http://%[1]s/items -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
  -d '{"name":"Table saw","category":"tools","pricePerDay":12.5,"lat":52.52,"lng":13.40}'
`, address, cognito.ClientID, demoUsers()[0].Email, demoPassword)
}
