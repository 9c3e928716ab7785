package main

import (
	"math/big"
	"math/rand"

	"github.com/consensys/gnark/frontend"
)

// assign fills the circuit with numbers of the sizes seen in witnesses of real batches: of the bits of a row, 3 of 100
// are 1; of a node's lanes, one in eight is not 0. Without values, it gives the circuit only its shape.
func assign(shape Shape, withValues bool) *Batch {
	random := rand.New(rand.NewSource(1))
	word := func() frontend.Variable {
		if !withValues {
			return nil
		}
		return new(big.Int).Rand(random, prime)
	}
	rarely := func(one, of int) frontend.Variable {
		if !withValues {
			return nil
		}
		if random.Intn(of) < one {
			return word()
		}
		return 0
	}
	bits := func(count, one, of int) []frontend.Variable {
		all := make([]frontend.Variable, count)
		for i := range all {
			if withValues {
				all[i] = 0
				if random.Intn(of) < one {
					all[i] = 1
				}
			}
		}
		return all
	}
	c := &Batch{shape: shape}
	for i := range c.Public {
		c.Public[i] = word()
	}
	copy(c.Span[:], bits(249, 1, 4))
	for r := 0; r < shape.Rows; r++ {
		numbers := make([][]frontend.Variable, len(widths))
		for i, width := range widths {
			number := int64(0)
			if random.Intn(5) == 0 {
				number = random.Int63n(1 << min(width, 12))
			}
			numbers[i] = split(shape, number, width, withValues)
		}
		c.Limbs = append(c.Limbs, numbers)
		c.Flags = append(c.Flags, bits(flagBits, 1, 8))
		logic := [3]frontend.Variable{}
		if withValues {
			logic = [3]frontend.Variable{0, random.Intn(1 << 20), word()}
		}
		c.Logic = append(c.Logic, logic)
		found := make([]frontend.Variable, 15)
		for i := range found {
			found[i] = rarely(1, 2)
		}
		c.Found = append(c.Found, found)
	}
	for n := 0; n < shape.Nodes; n++ {
		before, after := make([]frontend.Variable, 16), make([]frontend.Variable, 16)
		for i := range before {
			before[i] = rarely(1, 8)
			after[i] = before[i]
			if random.Intn(16) == 0 {
				after[i] = word()
			}
		}
		c.Before, c.After = append(c.Before, before), append(c.After, after)
		c.Places = append(c.Places, bits(21, 1, 4))
	}
	for m := 0; m < shape.Signatures; m++ {
		c.Entries = append(c.Entries, [3]frontend.Variable{word(), word(), word()})
		c.Bits = append(c.Bits, bits(250, 1, 2))
	}
	return c
}

// split gives a number's limbs, or its bits.
func split(shape Shape, number int64, width int, withValues bool) []frontend.Variable {
	sizes := []int{}
	if shape.Standard {
		sizes, width = []int{width}, 0
	} else if shape.Committed {
		limbs, single := limbsOf(width, shape.table)
		for _, l := range limbs {
			sizes = append(sizes, l.width)
		}
		width = single
	}
	for ; width > 0; width-- {
		sizes = append(sizes, 1)
	}
	parts := make([]frontend.Variable, len(sizes))
	for i, size := range sizes {
		if withValues {
			parts[i] = number & (1<<size - 1)
		}
		number >>= size
	}
	return parts
}
