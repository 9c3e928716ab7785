package main

import (
	"math/big"

	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/multicommit"
	"github.com/consensys/gnark/std/rangecheck"
)

// widths are the pieces, in bits, of the numbers that a row range-checks. The sum is 974 with the rights in flagBits.
var widths = []int{
	12, 12, 12, 8, 8, 8, 8, // programs and slots
	56, 8, 32, 24, 104, 24, // resource, kind, quantity
	32, 40, // scope, term
	32, 32, 9, 23, 2, 30, // spare
	40, 24, 9, 32, 9, 32, 32, 40, // found and chosen
	32, 32, 32, 32, 32, 32, 32, // order of the opened cells
}

// flagBits are used one by one, so they stay bits: the rights of an effect and of its capability.
const flagBits = 16

// A limb is a look-up of a number below 2^tableBits. shift > 0: the limb times 2^shift is looked up, too.
type limb struct{ width, shift int }

// limbsOf splits a width. What is left over becomes bits if that is cheaper than two look-ups.
func limbsOf(width, tableBits int) (limbs []limb, single int) {
	for ; width >= tableBits; width -= tableBits {
		limbs = append(limbs, limb{tableBits, 0})
	}
	if width > 2 {
		return append(limbs, limb{width, tableBits - width}), 0
	}
	return limbs, width
}

// cost of a table, in constraints.
func cost(rows int, all []int, tableBits int) int {
	total := 1 << tableBits
	for _, width := range all {
		limbs, single := limbsOf(width, tableBits)
		for _, l := range limbs {
			if total += rows; l.shift > 0 {
				total += rows
			}
		}
		total += single * rows
	}
	return total
}

func bestTable(rows int) int {
	best := 4
	for bits := 4; bits <= 16; bits++ {
		if cost(rows, widths, bits) < cost(rows, widths, best) {
			best = bits
		}
	}
	return best
}

type lookups struct {
	tableBits int
	standard  bool // gnark's own range checks
	asked     []frontend.Variable
	limbs     []frontend.Variable
}

// bound makes a number of its limbs, or of its bits without a table.
func (l *lookups) bound(api frontend.API, limbs []frontend.Variable, width int) frontend.Variable {
	var number frontend.Variable = 0
	if l == nil {
		for i := 0; i < width; i++ {
			api.AssertIsBoolean(limbs[i])
			number = api.Add(number, api.Mul(new(big.Int).Lsh(big.NewInt(1), uint(i)), limbs[i]))
		}
		return number
	}
	if l.standard {
		rangecheck.New(api).Check(limbs[0], width)
		return limbs[0]
	}
	parts, single := limbsOf(width, l.tableBits)
	at := 0
	for i, part := range parts {
		number = api.Add(number, api.Mul(new(big.Int).Lsh(big.NewInt(1), uint(at)), limbs[i]))
		l.limbs = append(l.limbs, limbs[i])
		l.asked = append(l.asked, limbs[i])
		if part.shift > 0 {
			l.asked = append(l.asked, api.Mul(1<<part.shift, limbs[i]))
		}
		at += part.width
	}
	for i := 0; i < single; i++ {
		bit := limbs[len(parts)+i]
		api.AssertIsBoolean(bit)
		number = api.Add(number, api.Mul(new(big.Int).Lsh(big.NewInt(1), uint(at+i)), bit))
	}
	return number
}

func count(_ *big.Int, inputs []*big.Int, counts []*big.Int) error {
	for i := range counts {
		counts[i].SetInt64(0)
	}
	for _, input := range inputs {
		counts[input.Int64()].Add(counts[input.Int64()], big.NewInt(1))
	}
	return nil
}

func init() { solver.RegisterHint(count) }

// close states that all that was asked stands in the table: the sums of logarithmic derivatives agree.
func (l *lookups) close(api frontend.API) error {
	if l.standard {
		return nil
	}
	counts, err := api.NewHint(count, 1<<l.tableBits, l.asked...)
	if err != nil {
		return err
	}
	multicommit.WithCommitment(api, func(api frontend.API, challenge frontend.Variable) error {
		var sum frontend.Variable = 0
		for _, asked := range l.asked {
			sum = api.Add(sum, api.Inverse(api.Sub(challenge, asked)))
		}
		for i, times := range counts {
			sum = api.Sub(sum, api.DivUnchecked(times, api.Sub(challenge, i)))
		}
		api.AssertIsEqual(sum, 0)
		return nil
	}, append(append([]frontend.Variable{}, l.limbs...), counts...)...)
	return nil
}
