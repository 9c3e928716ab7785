/** Imports every subpath, for the compiler and for Node. */
import * as trace from "time-bandits";
import * as check from "time-bandits/check";
import * as crossing from "time-bandits/crossing";
import eslint from "time-bandits/eslint";
import * as graph from "time-bandits/graph";
import * as prover from "time-bandits/prover";
import "time-bandits/register";
import * as runtime from "time-bandits/runtime";
import * as signing from "time-bandits/signing";
import * as verifier from "time-bandits/verifier";

export const everything = { trace, check, crossing, eslint, graph, prover, runtime, signing, verifier };
