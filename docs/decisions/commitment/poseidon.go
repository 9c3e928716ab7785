package main

import (
	"math/big"

	"github.com/consensys/gnark/frontend"
)

// partialRounds of Poseidon by number of lanes, as circomlib has them.
var partialRounds = map[int]int{3: 57, 4: 56, 5: 60, 14: 70, 17: 68}

// constantAt is a fixed number of full length. The constants do not matter for cost, only that there are as many.
func constantAt(seed int) *big.Int {
	x := big.NewInt(int64(seed)*2654435761 + 12345)
	return x.Exp(x, big.NewInt(9), prime)
}

func linear(api frontend.API, state []frontend.Variable, seed int) frontend.Variable {
	terms := make([]frontend.Variable, len(state))
	for i := range state {
		terms[i] = api.Mul(constantAt(seed+i), state[i])
	}
	return api.Add(terms[0], constantAt(seed+len(state)), terms[1:]...)
}

func box(api frontend.API, x frontend.Variable) frontend.Variable {
	square := api.Mul(x, x)
	return api.Mul(api.Mul(square, square), x)
}

// permute has the S-boxes and the densities of Poseidon: eight full rounds, and sparse partial rounds between them.
func permute(api frontend.API, state []frontend.Variable) []frontend.Variable {
	lanes := len(state)
	full := func(seed int) {
		next := make([]frontend.Variable, lanes)
		for i := range state {
			state[i] = box(api, state[i])
		}
		for i := range next {
			next[i] = linear(api, state, seed+i*(lanes+1))
		}
		state = next
	}
	for round := 0; round < 4; round++ {
		full(1000)
	}
	for round := 0; round < partialRounds[lanes]; round++ {
		state[0] = box(api, state[0])
		first := linear(api, state, 5000)
		for i := 1; i < lanes; i++ {
			state[i] = api.Add(state[i], api.Mul(constantAt(6000+i), state[0]))
		}
		state[0] = first
	}
	for round := 0; round < 4; round++ {
		full(1000)
	}
	return state
}

func hash(api frontend.API, capacity frontend.Variable, inputs []frontend.Variable) frontend.Variable {
	return sponge(api, capacity, inputs)[0]
}

func sponge(api frontend.API, capacity frontend.Variable, inputs []frontend.Variable) []frontend.Variable {
	state := make([]frontend.Variable, 0, len(inputs)+1)
	return permute(api, append(append(state, capacity), inputs...))
}
