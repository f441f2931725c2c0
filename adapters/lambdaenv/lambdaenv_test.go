package lambdaenv_test

import (
	"log/slog"
	"testing"

	"rental.example/adapters/lambdaenv"
)

func env(values map[string]string) *lambdaenv.Env {
	return lambdaenv.New(func(name string) string { return values[name] })
}

// TestErr checks that all errors are returned together.
func TestErr(t *testing.T) {
	t.Parallel()
	e := env(map[string]string{
		"ALLOWED_ORIGIN": "https://app.example.com/", "LOG_LEVEL": "LOUD", "AWS_ENDPOINT_URL_DYNAMODB": "localhost:8000", "EMPTY": "",
	})
	e.Required("USERS_TABLE")
	e.Required("EMPTY")
	e.AWS("DYNAMODB")
	e.AWS("SNS")
	e.Origin("ALLOWED_ORIGIN")
	e.LogLevel()
	want := "configuration: missing environment variables: USERS_TABLE, EMPTY, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; " +
		"invalid environment variables: AWS_ENDPOINT_URL_DYNAMODB must be an http or https URL; " +
		"ALLOWED_ORIGIN must be an origin such as https://app.example.com; LOG_LEVEL must be DEBUG, INFO, WARN or ERROR"
	if err := e.Err(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	e := env(map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "TOKEN",
		"AWS_ENDPOINT_URL": "http://localhost:4566", "AWS_ENDPOINT_URL_SNS": "http://localhost:5000", "AWS_ENDPOINT_URL_DYNAMODB": "",
		"LOG_LEVEL": "WARN",
	})
	config := e.AWS("SNS")
	keys, err := config.Credentials.Retrieve(t.Context())
	if err != nil || config.Region != "eu-west-1" || keys.AccessKeyID != "AKID" || keys.SecretAccessKey != "SECRET" || keys.SessionToken != "TOKEN" {
		t.Errorf("config: %q, %+v, %v", config.Region, keys, err)
	}
	if got := config.BaseEndpoint; got == nil || *got != "http://localhost:5000" {
		t.Errorf("a service's own endpoint: %v", got)
	}
	if got := e.AWS("DYNAMODB").BaseEndpoint; got == nil || *got != "http://localhost:4566" {
		t.Errorf("an empty one falls back to the general one: %v", got)
	}
	if got := e.LogLevel(); got != slog.LevelWarn {
		t.Errorf("level %v", got)
	}
	if got := e.Optional("NONE", "fallback"); got != "fallback" || e.Err() != nil {
		t.Errorf("fallback: %q, %v", got, e.Err())
	}
	if got := env(nil).AWS("DYNAMODB").BaseEndpoint; got != nil {
		t.Errorf("without a variable the SDK's own endpoint is used: %v", *got)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]int{"": 2, "1": 1, "30": 30, "0": -1, "-3": -1, "1.5": -1, "+5": -1, "05": -1, "many": -1} {
		e := env(map[string]string{"SHARDS": value})
		if got := e.Count("SHARDS", 2); (e.Err() != nil) != (want < 0) || want > 0 && got != want {
			t.Errorf("%q: %d, %v, want %d", value, got, e.Err(), want)
		}
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		"https://app.example.com": true, "http://localhost:3000": true,
		"*": false, "https://*": false, "https://APP.example.com": false, "https://app.example.com:443": false, "http://a.example:80": false,
		"https://a.b:": false, "http://[::1]:3000": true, "https://app.example.com:8443": true, "https://app.example.com/": false, "https://a.example,https://b.example": false, "app.example.com": false,
		"ftp://app.example.com": false, "https://": false, "https://user@app.example.com": false, "https://app.example.com?x": false, "null": false,
	} {
		e := env(map[string]string{"ALLOWED_ORIGIN": value})
		if e.Origin("ALLOWED_ORIGIN"); (e.Err() == nil) != ok {
			t.Errorf("%q: %v, want valid %t", value, e.Err(), ok)
		}
	}
}
