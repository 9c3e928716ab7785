// Command prototype measures Groth16 with a commitment against Groth16 without one, on circuits with the parts of this
// project's batches. Arguments: rounds, then shapes as name:rows:nodes:signatures:plain|commit|standard.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark/backend"
	"github.com/consensys/gnark/backend/groth16"
	groth16bn254 "github.com/consensys/gnark/backend/groth16/bn254"
	"github.com/consensys/gnark/backend/solidity"
	"github.com/consensys/gnark/backend/witness"
	"github.com/consensys/gnark/constraint"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/consensys/gnark/logger"
	"github.com/consensys/gnark/profile"
)

var prime = ecc.BN254.ScalarField()

type ready struct {
	shape  Shape
	system constraint.ConstraintSystem
	pk     groth16.ProvingKey
	vk     groth16.VerifyingKey
	all    witness.Witness
	wall   []float64
	cpu    []float64
	proofs []groth16.Proof
}

func main() {
	logger.Disable()
	rounds, err := strconv.Atoi(os.Args[1])
	check(err)
	var circuits []*ready
	for _, text := range os.Args[2:] {
		circuits = append(circuits, prepare(shapeOf(text)))
	}
	target := solidity.WithProverTargetSolidityVerifier(backend.GROTH16)
	if os.Getenv("PARTS") != "" {
		return
	}
	for round := 0; round < rounds; round++ {
		for _, c := range circuits {
			wall, cpu := measure(func() {
				proof, err := groth16.Prove(c.system, c.pk, c.all, target)
				check(err)
				c.proofs = append(c.proofs, proof)
			})
			c.wall, c.cpu = append(c.wall, wall), append(c.cpu, cpu)
		}
	}
	for _, c := range circuits {
		c.report()
	}
}

func shapeOf(text string) Shape {
	part := strings.Split(text, ":")
	number := func(i int) int {
		n, err := strconv.Atoi(part[i])
		check(err)
		return n
	}
	shape := Shape{Name: part[0], Rows: number(1), Nodes: number(2), Signatures: number(3)}
	shape.Standard = part[4] == "standard"
	shape.Committed = shape.Standard || part[4] == "commit"
	shape.table = bestTable(shape.Rows)
	return shape
}

func prepare(shape Shape) *ready {
	c := &ready{shape: shape}
	var err error
	parts := profile.Start(profile.WithNoOutput())
	wall, cpu := measure(func() {
		c.system, err = frontend.Compile(prime, r1cs.NewBuilder, assign(shape, false))
		check(err)
	})
	parts.Stop()
	total := c.system.GetNbConstraints()
	fmt.Printf("%s: %d rows, %d nodes, %d constraints, %.1f a row; compiled in %.1f s (%.1f s of processor)\n",
		shape.Name, shape.Rows, shape.Nodes, total, float64(total)/float64(shape.Rows), wall, cpu)
	fmt.Printf("  a table of 2^%d for ranges\n", shape.table)
	if os.Getenv("PARTS") != "" {
		fmt.Println(parts.Top())
		return c
	}
	wall, cpu = measure(func() {
		c.pk, c.vk, err = groth16.Setup(c.system)
		check(err)
	})
	fmt.Printf("  setup %.1f s (%.1f s of processor); proving key %.1f MiB, verifying key %d bytes\n",
		wall, cpu, float64(size(c.pk.WriteRawTo))/(1<<20), size(c.vk.WriteRawTo))
	for _, info := range c.system.GetCommitments().(constraint.Groth16Commitments) {
		fmt.Printf("  committed: %d private wires, %d public\n", len(info.PrivateCommitted),
			len(info.PublicAndCommitmentCommitted))
	}
	c.all, err = frontend.NewWitness(assign(shape, true), prime)
	check(err)
	return c
}

func (c *ready) report() {
	public, err := c.all.Public()
	check(err)
	for _, proof := range c.proofs {
		check(groth16.Verify(proof, c.vk, public, solidity.WithVerifierTargetSolidityVerifier(backend.GROTH16)))
	}
	wall, cpu := median(c.wall), median(c.cpu)
	fmt.Printf("%s: proof of %d bytes in %.2f s, %.2f s of processor (%.2f to %.2f); %.2f ms of processor a row\n",
		c.shape.Name, size(c.proofs[0].WriteRawTo), wall, cpu, slices.Min(c.cpu), slices.Max(c.cpu),
		1000*cpu/float64(c.shape.Rows))
	file, err := os.Create(c.shape.Name + ".sol")
	check(err)
	check(c.vk.ExportSolidity(file))
	check(file.Close())
	var proofs [][]byte
	for _, proof := range c.proofs {
		proofs = append(proofs, proof.(*groth16bn254.Proof).MarshalSolidity())
	}
	data := map[string]any{"proofs": proofs, "inputs": public.Vector(), "key": words(c.vk.(*groth16bn254.VerifyingKey))}
	text, err := json.Marshal(data)
	check(err)
	check(os.WriteFile(c.shape.Name+".json", text, 0o644))
}

// words are the points of the key, as the precompiles take them.
func words(vk *groth16bn254.VerifyingKey) []byte {
	all := vk.G1.Alpha.Marshal()
	all = append(append(append(all, vk.G2.Beta.Marshal()...), vk.G2.Gamma.Marshal()...), vk.G2.Delta.Marshal()...)
	for _, point := range vk.G1.K {
		all = append(all, point.Marshal()...)
	}
	for _, key := range vk.CommitmentKeys {
		all = append(append(all, key.G.Marshal()...), key.GSigmaNeg.Marshal()...)
	}
	return all
}

func measure(work func()) (wall, cpu float64) {
	start, before := time.Now(), processor()
	work()
	return time.Since(start).Seconds(), processor() - before
}

// processor is the time of all threads of this process, in seconds.
func processor() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func median(times []float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func size(write func(io.Writer) (int64, error)) int64 {
	n, err := write(io.Discard)
	check(err)
	return n
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
