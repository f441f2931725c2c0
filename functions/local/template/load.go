package template

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// FileName is the name of the template that Find looks for.
const FileName = "template.yaml"

// Find returns the path of the first template.yaml in dir or a directory above it.
func Find(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, FileName)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("there is no %s in %s or above it; -template names one", FileName, dir)
		}
	}
}

// Document is a template that is not resolved.
type Document struct {
	file string
	root *yaml.Node
}

// Load reads the template of a file.
func Load(file string) (*Document, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(filepath.Base(file), data)
}

// Parse reads a template. Errors name the file.
func Parse(file string, data []byte) (*Document, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(node.Content) != 1 || node.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: want a mapping with Resources", file)
	}
	return &Document{file: file, root: node.Content[0]}, nil
}

// Resolve resolves the template with these values of parameters and names of tables, by logical ID. Other parameters have
// their defaults, and other tables their logical ID as name. The error joins all that is wrong, each with the line of the
// file, the resource and the property.
func (d *Document) Resolve(values map[string]string) (*Template, error) {
	r := newResolver(d, values)
	t := &Template{Parameters: map[string]string{}}
	for name, declared := range r.parameters {
		t.Parameters[name], _ = r.parameterValue(name, declared)
	}
	for _, res := range r.order {
		if r.exists(res) {
			r.read(t, res)
		}
	}
	return t, errors.Join(r.errs...)
}
