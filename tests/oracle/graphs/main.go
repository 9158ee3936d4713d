// Builds and marshals one reference graph of the benchmark with Go's
// client/llb, and says what that took, as bench/llb_measure.c does for ours.
//
//	graphs NAME N [ROUNDS]
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"google.golang.org/protobuf/proto"
)

const lanes = 32

func step(s llb.State, i int) llb.State {
	n := strconv.Itoa(i)
	return s.Run(
		llb.Args([]string{"/bin/sh", "-c", "make step-" + n}),
		llb.AddEnv("STEP", n),
		llb.AddMount("/var/cache", llb.Scratch(),
			llb.AsPersistentCacheDir("bench", llb.CacheMountShared)),
		llb.WithCustomName("step "+n),
	).Root()
}

// chain links each State to the one before, and marshalling looks what is not
// set up in all of them, down to the image: quadratic. flat starts each run
// from a State that knows the last output and nothing else.
func chain(n int, flat bool) llb.State {
	s := llb.Image("alpine")
	for i := range n {
		if flat {
			s = llb.NewState(s.Output())
		}
		s = step(s, i)
	}
	return s
}

func wide(n int) llb.State {
	list := make([]llb.State, n)
	for i := range list {
		b := strconv.Itoa(i)
		list[i] = llb.Image("bench/base-" + b).
			Run(llb.Args([]string{"/bin/build", b})).Root().
			File(llb.Mkfile("/out/"+b, 0o644, []byte(b+"\n")))
	}
	return llb.Merge(list)
}

func diamond(n int) llb.State {
	layer := make([]llb.State, lanes)
	for j := range layer {
		layer[j] = llb.Image("bench/base-" + strconv.Itoa(j))
	}
	for range n - 1 {
		next := make([]llb.State, lanes)
		for j := range next {
			next[j] = llb.Scratch().File(
				llb.Copy(layer[j], "/out", "/a").
					Copy(layer[(j+1)%lanes], "/out", "/b"))
		}
		layer = next
	}
	return llb.Merge(layer)
}

func dup(n int) llb.State {
	base := llb.Image("alpine")
	list := make([]llb.State, n)
	for i := range list {
		list[i] = base.Run(llb.Args([]string{
			"/bin/dup", strconv.Itoa(i % (n / 10))})).Root()
	}
	return llb.Merge(list)
}

func build(name string, n int) (llb.State, error) {
	switch name {
	case "chain", "chainflat":
		return chain(n, name == "chainflat"), nil
	case "wide":
		return wide(n), nil
	case "diamond":
		return diamond(n), nil
	case "dup":
		return dup(n), nil
	}
	return llb.State{}, fmt.Errorf("there is no graph %q", name)
}

// marshal makes the bytes as llb.WriteTo does, with the generated code.
func marshal(s llb.State) (*pb.Definition, []byte, error) {
	def, err := s.Marshal(context.Background(), llb.Platform(
		ocispecs.Platform{OS: "linux", Architecture: "amd64"}))
	if err != nil {
		return nil, nil, err
	}
	x := def.ToPB()
	dt, err := x.MarshalVT()
	return x, dt, err
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakKiB is not Maxrss, which counts what the process was before exec.
func peakKiB() (kib int64, err error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	_, err = fmt.Sscanf(rest, "%d", &kib)
	return kib, err
}

func round(name string, n int) (*pb.Definition, error) {
	var before, after runtime.MemStats
	runtime.GC() // what the last round left is not this one's to collect
	runtime.ReadMemStats(&before)
	cpuStart := cpu()
	start := time.Now()
	s, err := build(name, n)
	if err != nil {
		return nil, err
	}
	built := time.Now()
	def, dt, err := marshal(s)
	if err != nil {
		return nil, err
	}
	marshalled := time.Now()
	took := cpu() - cpuStart
	runtime.ReadMemStats(&after)
	peak, err := peakKiB()
	if err != nil {
		return nil, err
	}
	runtime.KeepAlive(dt)
	fmt.Printf("{\"build_ns\": %d, \"marshal_ns\": %d, \"free_ns\": 0, "+
		"\"cpu_ns\": %d, \"allocs\": %d, \"peak_kib\": %d}\n",
		built.Sub(start), marshalled.Sub(built), took,
		after.Mallocs-before.Mallocs, peak)
	return def, nil
}

// printDefinition writes the map entries in order, as we do: then equal
// definitions have equal bytes.
func printDefinition(def *pb.Definition) error {
	dt, err := proto.MarshalOptions{Deterministic: true}.Marshal(def)
	if err == nil {
		fmt.Printf("{\"entries\": %d, \"bytes\": %d, \"sha256\": \"%x\"}\n",
			len(def.Def), len(dt), sha256.Sum256(dt))
	}
	return err
}

func run(args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("usage: graphs NAME N [ROUNDS]")
	}
	rounds := 1
	n, err := strconv.Atoi(args[1])
	if err == nil && len(args) == 3 {
		rounds, err = strconv.Atoi(args[2])
	}
	if err != nil || n < 10 || rounds < 1 {
		return fmt.Errorf("N must be at least 10, ROUNDS at least 1")
	}
	var def *pb.Definition
	for range rounds {
		if def, err = round(args[0], n); err != nil {
			return err
		}
	}
	return printDefinition(def)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "graphs:", err)
		os.Exit(1)
	}
}
