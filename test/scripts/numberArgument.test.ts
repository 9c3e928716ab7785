/** Numbers on the command line: one way to read them, whatever they count. */
import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { confirmationsOption } from "../../scripts/lib/confirmationsOption.ts";
import { batchArgument, momentArgument, seqArgument } from "../../scripts/lib/numberArgument.ts";
import { secondsArgument, seedArgument } from "../../scripts/lib/rpc.ts";

const confirmations = (text: string): unknown => confirmationsOption().parseArg?.(text, undefined);
const READERS = [seqArgument, momentArgument, batchArgument, secondsArgument, seedArgument, confirmations];

test("digits, and nothing else", () => {
  for (const read of READERS) {
    expect(read("17")).toBe(17);
    for (const text of ["", "017", "00", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "١", "9".repeat(16), "one"]) {
      expect(() => read(text), text).toThrow(InvalidArgumentError);
    }
  }
});

test("transitions and batches count from 1, moments from 0, for the genesis", () => {
  expect(momentArgument("0")).toBe(0);
  expect(() => seqArgument("0")).toThrow("from 1");
  expect(() => batchArgument("0")).toThrow("from 1");
  expect(seqArgument("4294967295")).toBe(2 ** 32 - 1);
  expect(() => seqArgument("4294967296")).toThrow(InvalidArgumentError);
});
