/** The ESLint rule finds uses of a resource after it was given away. It reports nothing in correct programs. */
import { Linter } from "eslint";
import { expect, test } from "vitest";
import plugin from "../../trace/runtime/lint/plugin.ts";

/** Lines of the uses that the rule finds in the body of an async function. */
function uses(body: string): number[] {
  const config = {
    plugins: { timebandits: plugin },
    rules: { "timebandits/no-use-after-move": "error" as const },
    languageOptions: { ecmaVersion: 2025 as const, sourceType: "module" as const },
  };
  const messages = new Linter().verify(`async function main() {\n${body}\n}`, config);
  for (const { fatal, message } of messages) if (fatal) throw new Error(message);
  return messages.map(({ line }) => line - 1);
}

test.each([
  ["sent and used", "const gold = await issue('Gold', 1n);\nawait tx.send(gold);\nawait gold.retire();", [3]],
  ["sent in a list", "const a = await rx.recv();\nawait tx.sendAll([a]);\na.quantity;", [3]],
  ["sent in an object", "const a = await rx.recv();\nawait tx.send({ a });\na.quantity;", [3]],
  ["given to a thread", "const a = await rx.recv();\nspawn('b', work, a);\nawait tx.send(a);", [3]],
  ["retired twice", "const a = await gold.split(1n);\nawait a.retire();\nawait a.retire();", [3]],
  ["merged away", "const a = await gold.split(1n);\nawait gold.merge(a);\na.quantity;", [3]],
  ["on one of two ways", "const a = await rx.recv();\nif (x) await tx.send(a);\nawait a.retire();", [3]],
  [
    "in the next round of a call in several lines",
    "const a = await rx.recv();\nfor (const tx of all)\nawait tx.send(\na,\n);",
    [4],
  ],
  ["claimed among others", "const [a, b] = await claimAll([x, y]);\nawait tx.send(a);\na.quantity;", [3]],
  ["traded", "const a = await issue('A', 1n);\nconst b = await exchange.trade(a);\na.quantity;", [3]],
  ["put into a vault", "const a = await issue('A', 1n);\nconst v = new Vault('v', a);\na.quantity;", [3]],
  ["assigned later", "let a;\na = await rx.recv();\nawait tx.send(a);\na.quantity;", [4]],
  ["by an optional call", "const a = await rx?.recv();\nawait tx?.send(a);\na?.quantity;", [3]],
  ["in the next round", "const a = await rx.recv();\nfor (const tx of all) {\nawait tx.send(a);\n}", [3]],
])("%s", (_, body, lines) => {
  expect(uses(body)).toEqual(lines);
});

test.each([
  ["used before", "const a = await rx.recv();\na.quantity;\nawait tx.send(a);"],
  ["either this or that", "const a = await rx.recv();\nif (x) await tx.send(a);\nelse await a.retire();"],
  [
    "returned after sending on another way",
    "const a = await rx.recv();\nif (x) { await tx.send(a); return; }\nawait a.retire();",
  ],
  [
    "a new one under the same name",
    "let a = await rx.recv();\nawait tx.send(a);\na = await rx.recv();\nawait tx.send(a);",
  ],
  ["a new one in each round", "for (;;) {\nconst a = await rx.recv();\nawait tx.send(a);\n}"],
  ["sending may fail", "const a = await rx.recv();\ntry {\nawait tx.send(a);\n} catch {\nawait a.retire();\n}"],
  ["asked whether it is here", "const a = await rx.recv();\nawait tx.send(a);\nif (a.here) return;"],
  ["a text that is split", "const a = line.split(',');\nawait tx.send(a);\na.length;"],
  ["a list that is joined", "const a = names.join(', ');\nawait tx.send(a);\na.length;"],
  ["a new one, by a pattern", "let a = await rx.recv();\nawait tx.send(a);\n[a] = await claimAll([x]);\na.quantity;"],
  ["a new one before each round", "let a;\nwhile ((a = await rx.recv())) {\nawait tx.send(a);\n}"],
  ["the loop's own", "let a = await rx.recv();\nfor (a of all) {\nawait tx.send(a);\n}"],
  ["data stays", "const n = 5;\nawait tx.send(n);\nprint(n);"],
])("%s is no mistake", (_, body) => {
  expect(uses(body)).toEqual([]);
});
