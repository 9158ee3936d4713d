// Converts a Dockerfile as BuildKit's own frontend does, without a daemon, and
// says what that took.
//
//	dockerfile FILE [ROUNDS]
//
// Prints an object a round: nanoseconds from the text to the bytes of the
// definition. Then one with the number of operations and bytes.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/util/appcontext"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

func die(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "dockerfile:", err)
		os.Exit(1)
	}
}

func convert(ctx context.Context, text []byte) (ops, size int) {
	platform := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	result, err := dockerfile2llb.Dockerfile2LLB(ctx, text,
		dockerfile2llb.ConvertOpt{TargetPlatform: &platform})
	die(err)
	def, err := result.State.Marshal(ctx, llb.Platform(platform))
	die(err)
	bytes, err := def.ToPB().MarshalVT()
	die(err)
	return len(def.Def), len(bytes)
}

func main() {
	rounds := 1
	if len(os.Args) == 3 {
		n, err := strconv.Atoi(os.Args[2])
		die(err)
		rounds = n
	}
	text, err := os.ReadFile(os.Args[1])
	die(err)
	var ops, size int
	for range rounds {
		runtime.GC()
		start := time.Now()
		ops, size = convert(appcontext.Context(), text)
		fmt.Printf("{\"total_ns\": %d}\n", time.Since(start).Nanoseconds())
	}
	fmt.Printf("{\"n_ops\": %d, \"len\": %d}\n", ops, size)
}
