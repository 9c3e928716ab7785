/**
 * Loaded first into an operator's process: its clock goes with the chain's, which the test moves by days. The seconds
 * by which it is ahead of this machine's are in a file.
 */
import { readFileSync } from "node:fs";
import { LOOK_MS } from "./look.ts";

const file = process.env.WALKAWAY_CLOCK ?? "";
const wall = Date.now.bind(Date);
let looked = 0;
let ahead = 0;

Date.now = () => {
  const now = wall();
  if (now - looked >= LOOK_MS) {
    ahead = Number(readFileSync(file, "utf8")) * 1_000;
    looked = now;
  }
  return now + ahead;
};
