/** The compiler's addresses above 2 GiB: its host gets them unsigned. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const PRELOAD = new URL("../../prover/circuit/unsignedPointers.ts", import.meta.url).href;
/** (module (import "e" "f" (func (param i32 i64))) (func (export "g") (call 0 (i32.const -5) (i64.const -5)))) */
const MODULE = "0061736d0100000001090260027f7e0060000002070101650166000003020101070501016700010a0a010800417b427b10000b";
const PROGRAM = `
  const module = await WebAssembly.compile(Buffer.from("${MODULE}", "hex"));
  const f = (...numbers) => console.log(numbers.join(" "));
  (await WebAssembly.instantiate(module, { e: { f } })).exports.g();
`;

const run = async (...before: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [...before, "--input-type=module", "-e", PROGRAM])).stdout.trim();

test("an address is unsigned with the preload, and a 64-bit number stays as it is", async () => {
  expect(await run("--import", PRELOAD)).toBe("4294967291 -5");
});

test("without it, an address above 2 GiB is negative", async () => {
  expect(await run()).toBe("-5 -5");
});
