// The oracle plays graphs in the neutral form of the golden definitions with
// Go's client/llb, the library that BuildKit's own tools are made of, and says
// what definition it makes of each.
//
//	oracle play [FILE]          scenarios in, the same with Go's results out
//	oracle check FILE...        compare Go's results with those in the files
//	oracle compare N SEED DRIVER   play N random graphs here and by our library
//	oracle bad N SEED DRIVER       the same with graphs that have something wrong
//
// What differs in the last two is shrunk to a small graph and printed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "play":
		return each(os.Stdin, "stdin", emit)
	case len(args) == 2 && args[0] == "play":
		return eachOf(args[1], emit)
	case len(args) >= 2 && args[0] == "check":
		return check(args[1:])
	case len(args) == 4:
		n, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		seed, err := strconv.ParseUint(args[2], 10, 64)
		if err != nil {
			return err
		}
		p, err := driver(args[3]).plan(args[0])
		if err != nil {
			return err
		}
		failed, err := p.run(n, seed)
		if failed > 0 {
			os.Exit(1)
		}
		return err
	}
	return fmt.Errorf("usage: oracle play [FILE] | check FILE... | compare N SEED DRIVER | bad N SEED DRIVER")
}

func eachOf(name string, do func(*scenario) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return each(f, name, do)
}

func each(r io.Reader, name string, do func(*scenario) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var s scenario
		err := decode(lines.Bytes(), &s)
		if err == nil {
			err = do(&s)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return lines.Err()
}

func emit(s *scenario) error {
	if err := complete(s); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

// check tells whether this release of Go's library still makes what the files
// say.
func check(files []string) error {
	passed, failed := 0, 0
	for _, file := range files {
		err := eachOf(file, func(s *scenario) error {
			want, wantError := s.SHA256, s.Error != ""
			if err := complete(s); err != nil {
				return err
			}
			same := wantError == (s.Error != "") && (wantError || want == s.SHA256)
			if why := released[s.Name]; same != (why == "") {
				failed++
				fmt.Printf("FAIL %s: Go makes %s%s (known: %q)\n", s.Name, s.SHA256, s.Error, why)
				return nil
			}
			passed++
			return nil
		})
		if err != nil {
			return err
		}
	}
	fmt.Printf("%d passed, %d failed, 0 skipped\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
	return nil
}
