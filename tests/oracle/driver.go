package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// A driver is the program that plays scenarios through our library.
type driver string

// A failure is what the driver says of a scenario.
type failure struct {
	s   *scenario
	why string
}

// play gives completed scenarios to the driver, and returns those that fail,
// in order. When the driver dies, halves of them find out at which.
func (d driver) play(all []*scenario) ([]failure, error) {
	file, err := os.CreateTemp("", "oracle-*.jsonl")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	out := json.NewEncoder(file)
	for _, s := range all {
		if err := out.Encode(s); err != nil {
			return nil, err
		}
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	var log bytes.Buffer
	cmd := exec.Command(string(d), "--bytes", file.Name())
	cmd.Stdout, cmd.Stderr = &log, &log
	err = cmd.Run()
	if strings.HasSuffix(log.String(), fmt.Sprintf(" %d failed\n", strings.Count("\n"+log.String(), "\nFAIL "))) {
		return failures(all, log.String()), nil
	}
	if _, ok := err.(*exec.ExitError); !ok {
		return nil, fmt.Errorf("%s: %w: %.2000s", d, err, log.String())
	}
	if len(all) == 1 {
		return []failure{{all[0], fmt.Sprintf("the driver dies (%v): %.4000s", err, log.String())}}, nil
	}
	first, err := d.play(all[:len(all)/2])
	if err != nil {
		return nil, err
	}
	second, err := d.play(all[len(all)/2:])
	return append(first, second...), err
}

func failures(all []*scenario, log string) []failure {
	why := map[string]string{}
	for _, line := range strings.Split(log, "\n") {
		if rest, ok := strings.CutPrefix(line, "FAIL "); ok {
			name, text, _ := strings.Cut(rest, ": ")
			why[name] = text
		}
	}
	var out []failure
	for _, s := range all {
		if text, ok := why[s.Name]; ok {
			out = append(out, failure{s, text})
		}
	}
	return out
}

var (
	quoted  = regexp.MustCompile(`"[^"]*"`)
	numbers = regexp.MustCompile(`[0-9]+`)
)

// kind says which failures are of one kind: a smaller graph that fails for
// another reason is no smaller form of the first.
func (f failure) kind() string {
	switch {
	case strings.Contains(f.why, "should be"), strings.Contains(f.why, "differ"):
		return "difference"
	case strings.HasPrefix(f.why, "the driver dies"):
		return "death"
	}
	return numbers.ReplaceAllString(quoted.ReplaceAllString(f.why, ""), "")
}
