// Writes expected.json: what Go's text/template makes of each template in templates.json, with the functions and the
// options that Flagger renders queries with. Run it here as `go run oracle.go` after changing templates.json.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"text/template"
)

type row struct {
	Template string  `json:"template"`
	Output   *string `json:"output,omitempty"`
	Error    string  `json:"error,omitempty"`
}

func text(value string) func() string { return func() string { return value } }

func main() {
	source, err := os.ReadFile("templates.json")
	if err != nil {
		panic(err)
	}
	var templates []string
	if err := json.Unmarshal(source, &templates); err != nil {
		panic(err)
	}
	functions := template.FuncMap{
		"name":      text("podinfo"),
		"namespace": text("test"),
		"target":    text("podinfo"),
		"service":   text("podinfo-svc"),
		"ingress":   text("podinfo-ing"),
		"route":     text(""),
		"interval":  text("1m"),
		"variables": func() map[string]string {
			return map[string]string{"code": "5..", "limit": "10", "direction": "inbound", "empty": "", "quoted": `a"b\c<d>&'`, "wide": "größe 金"}
		},
	}
	rows := make([]row, 0, len(templates))
	for _, each := range templates {
		found := row{Template: each}
		parsed, err := template.New("tmpl").Option("missingkey=error").Funcs(functions).Parse(each)
		if err == nil {
			var out bytes.Buffer
			err = parsed.Execute(&out, nil)
			written := out.String()
			found.Output = &written
		}
		if err != nil {
			found.Output, found.Error = nil, err.Error()
		}
		rows = append(rows, found)
	}
	encoder := json.NewEncoder(os.Stdout)
	if len(os.Args) < 2 {
		file, err := os.Create("expected.json")
		if err != nil {
			panic(err)
		}
		defer file.Close()
		encoder = json.NewEncoder(file)
	}
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(rows); err != nil {
		panic(err)
	}
}
