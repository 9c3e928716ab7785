/** The ESLint rule: use after giving away is found where it is written, and proper programs are not accused. */
import { Linter } from "eslint";
import { expect, test } from "vitest";
import plugin from "../../trace/runtime/lint/plugin.ts";

/** Lines of the uses that the rule finds in the body of an async function. */
function uses(body: string): number[] {
  const config = {
    plugins: { timebandits: plugin as never },
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
  ["data stays", "const n = 5;\nawait tx.send(n);\nprint(n);"],
])("%s is no mistake", (_, body) => {
  expect(uses(body)).toEqual([]);
});
