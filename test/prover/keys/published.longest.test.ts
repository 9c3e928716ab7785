/** The published keys of the large circuits are the keys that these give. Compiling them takes many minutes. */
import { test } from "vitest";
import { expectPublished, LARGE } from "./publishedAgain.ts";

test.each(LARGE)("$name: the circuit is compiled, and the file has its verification key", expectPublished);
