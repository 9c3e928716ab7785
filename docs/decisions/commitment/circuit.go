package main

import (
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/multicommit"
)

// Batch has the parts of a batch circuit of this project, in the same numbers, with wires of the same sizes. Its rules
// are stand-ins: it shows what a batch costs, and proves nothing about one.
type Batch struct {
	Public  [5]frontend.Variable `gnark:",public"`
	Span    [249]frontend.Variable
	Limbs   [][][]frontend.Variable // by row and number: look-ups, or bits
	Flags   [][]frontend.Variable   // by row: bits
	Logic   [][3]frontend.Variable  // by row: a 0, a small number, a word
	Found   [][]frontend.Variable   // by row: five cells of three words
	Before  [][]frontend.Variable   // by node: sixteen lanes
	After   [][]frontend.Variable
	Places  [][]frontend.Variable // by node: 21 bits
	Entries [][3]frontend.Variable
	Bits    [][]frontend.Variable // by signature: 250 bits
	shape   Shape
}

// Shape is the size of a batch, and whether it uses a commitment.
type Shape struct {
	Name                    string
	Rows, Nodes, Signatures int
	Committed, Standard     bool
	table                   int
}

func (c *Batch) Define(api frontend.API) error {
	var tables *lookups
	if c.shape.Committed {
		tables = &lookups{tableBits: c.shape.table, standard: c.shape.Standard}
	}
	for _, bit := range c.Span {
		api.AssertIsBoolean(bit)
	}

	// 1. Rows.
	var leaves []frontend.Variable
	var log frontend.Variable = 0
	for r := range c.Found {
		numbers := make([]frontend.Variable, len(widths))
		for i, width := range widths {
			numbers[i] = tables.bound(api, c.Limbs[r][i], width)
		}
		for _, bit := range c.Flags[r] {
			api.AssertIsBoolean(bit)
		}
		c.logic(api, r, numbers)
		log = hash(api, 5, []frontend.Variable{log, numbers[0], numbers[1], numbers[2]})
		leaves = append(leaves, hash(api, 3, append(append([]frontend.Variable{}, c.Found[r][:12]...), log)))
	}
	for len(leaves) > 1 {
		var above []frontend.Variable
		for at := 0; at < len(leaves); at += 16 {
			group := leaves[at:min(at+16, len(leaves))]
			for len(group) != 16 && len(group) != 4 {
				group = append(append([]frontend.Variable{}, group...), 0)
			}
			above = append(above, hash(api, 4, group))
		}
		leaves = above
	}

	// 2. Nodes.
	var committed []frontend.Variable
	committed = append(committed, c.Public[:]...)
	for n := range c.Before {
		for _, bit := range c.Places[n] {
			api.AssertIsBoolean(bit)
		}
		tag := api.Add(1, c.Places[n][0])
		committed = append(committed, hash(api, tag, c.Before[n]), hash(api, tag, c.After[n]))
	}
	for n := 0; n < len(c.Places); n += 10 {
		var packed frontend.Variable = 0
		for _, place := range c.Places[n:min(n+10, len(c.Places))] {
			for _, bit := range place {
				packed = api.Add(api.Mul(2, packed), bit)
			}
		}
		committed = append(committed, packed)
	}

	// 3. Signatures.
	for m := range c.Bits {
		c.signature(api, m)
		committed = append(committed, c.Entries[m][:]...)
	}

	// 4. Challenges: of a transcript in the circuit, or of the commitment. A power of one challenge is no second one, so
	// that one is hashed, too.
	if tables == nil {
		var state frontend.Variable = 7
		var out []frontend.Variable
		for at := 0; at < len(committed); at += 16 {
			words := append([]frontend.Variable{}, committed[at:min(at+16, len(committed))]...)
			for len(words) < 16 {
				words = append(words, 0)
			}
			out = sponge(api, state, words)
			state = out[0]
		}
		c.memory(api, out[0], out[1])
		return nil
	}
	multicommit.WithCommitment(api, func(api frontend.API, challenge frontend.Variable) error {
		out := sponge(api, 7, []frontend.Variable{challenge, 0})
		c.memory(api, out[0], out[1])
		return nil
	}, committed...)
	return tables.close(api)
}

// logic stands for the rules of a row: 329 products, most of them of numbers that the operation does not use.
func (c *Batch) logic(api frontend.API, r int, numbers []frontend.Variable) {
	zero, small, word := c.Logic[r][0], c.Logic[r][1], c.Logic[r][2]
	for i := 0; i < 329; i++ {
		switch {
		case i < 270:
			zero = api.Mul(api.Add(zero, c.Logic[r][1], i), c.Logic[r][0])
		case i < 310:
			small = api.Mul(api.Add(c.Logic[r][1], i), numbers[i%8])
		default:
			word = api.Mul(api.Add(word, i), api.Add(word, small))
		}
	}
}

// signature stands for one entry: 250 bits, two hashes and 2,158 products of words.
func (c *Batch) signature(api frontend.API, m int) {
	key := c.Entries[m]
	first := hash(api, 8, []frontend.Variable{key[0], key[1], key[2], c.Public[4]})
	word := hash(api, 8, []frontend.Variable{first, key[1], key[2], c.Public[4]})
	for i := 0; i < 2158; i++ {
		word = api.Mul(api.Add(word, i, c.Bits[m][i%250]), api.Add(word, key[1]))
	}
	for _, bit := range c.Bits[m] {
		api.AssertIsBoolean(bit)
	}
}

// memory states that the rows found what the rows before them left, and adds up what the nodes enter and ask.
func (c *Batch) memory(api frontend.API, beta, gamma frontend.Variable) {
	square := api.Mul(beta, beta)
	powers := []frontend.Variable{beta, square, api.Mul(square, beta)}
	tuple := func(address frontend.Variable, words []frontend.Variable) frontend.Variable {
		t := api.Sub(gamma, address)
		for i, word := range words {
			t = api.Sub(t, api.Mul(powers[i], word))
		}
		return t
	}
	var rows, nodes frontend.Variable = 0, 0
	for r := range c.Found {
		next := c.Found[(r+1)%len(c.Found)]
		for cell := 0; cell < 5; cell++ {
			rows = api.Add(rows, api.Inverse(tuple(cell, c.Found[r][3*cell:3*cell+3])))
			rows = api.Sub(rows, api.Inverse(tuple(cell, next[3*cell:3*cell+3])))
		}
	}
	api.AssertIsEqual(rows, 0)
	for n := range c.Before {
		for cell := 0; cell < 4; cell++ {
			cells := c.Places[n][0]
			nodes = api.Add(nodes, api.DivUnchecked(cells, tuple(cell, c.Before[n][3*cell:3*cell+3])))
			nodes = api.Sub(nodes, api.DivUnchecked(cells, tuple(cell, c.After[n][3*cell:3*cell+3])))
		}
		for lane := 0; lane < 16; lane++ {
			weight := api.Mul(c.Places[n][0], api.Sub(c.After[n][lane], c.Before[n][lane]))
			asked := tuple(lane, []frontend.Variable{c.Before[n][lane], c.After[n][lane]})
			nodes = api.Add(nodes, api.DivUnchecked(weight, asked))
		}
	}
	// The nodes' values are random, so their sum is only used, and not compared.
	api.AssertIsDifferent(nodes, 1)
}
