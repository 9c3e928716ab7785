/** The ESLint rule on TypeScript, with the parser that its users have and without type information. */
import { Linter } from "eslint";
import { expect, test } from "vitest";
import plugin from "../../trace/runtime/lint/plugin.ts";
import { typescriptParser } from "../lib/typescriptParser.ts";

const parser = typescriptParser();

/** Lines of the uses that the rule finds in a file. */
function usesIn(file: string): number[] {
  const config: Linter.Config = {
    files: ["**/*.ts"],
    languageOptions: { parser },
    plugins: { timebandits: plugin },
    rules: { "timebandits/no-use-after-move": "error" },
  };
  return new Linter().verify(file, config, "program.ts").map(({ ruleId, message, line }) => {
    if (ruleId === null) throw new Error(message);
    return line;
  });
}

/** The same for the body of an async function. */
const uses = (body: string): number[] => usesIn(`async function main() {\n${body}\n}`).map((line) => line - 1);

test.each([
  ["annotated", "const g: Owned<'Gold'> = await f();\nawait tx.send(g);\ng.quantity;"],
  ["a parameter", "async function f(g: Owned<'Gold'>, tx: Sender<Owned>) {\nawait tx.send(g);\ng.quantity;\n}"],
  ["a type by its module", "async function f(g: tb.Owned<'Gold'>) {\nawait tx.send(g);\ng.quantity;\n}"],
  [
    "a type with undefined",
    "async function f(g: Owned | undefined) {\nif (!g) return;await tx.send(g);\ng.quantity;\n}",
  ],
  ["a type parameter that extends it", "async function f<T extends Owned>(g: T) {\nawait tx.send(g);\ng.quantity;\n}"],
  ["told by as", "const g = (await f()) as Owned<'Gold'>;\nawait tx.send(g);\ng.quantity;"],
  ["as any says nothing", "const g = (await rx.recv()) as any;\nawait tx.send(g);\ng.quantity;"],
  ["as, where it is given", "const g = await rx.recv();\nawait tx.send(g as Owned<'Gold'>);\ng.quantity;"],
  ["satisfies", "const g = await rx.recv();\nspawn('x', work, g satisfies Owned);\ng.quantity;"],
  ["!", "const g = await rx.recv();\nawait tx!.send(g!);\ng!.quantity;"],
  ["optional chains", "const g = await rx?.recv();\nawait tx?.send(g);\ng?.quantity;"],
  ["optional chains and !", "const g = (await rx?.recv())!;\nawait tx?.send(g);\ng?.quantity;"],
  ["calls with types", "const g = await issue<'Gold'>('Gold', 1n);\nawait tx.send<Owned>(g);\ng.quantity;"],
  ["as, where it ends", "const g = await issue('Gold', 1n);\nawait (g as Owned).retire();\ng.quantity;"],
  ["!, where it ends", "const g = await issue('Gold', 1n);\nawait g!.retire();\ng.quantity;"],
  ["?., where it ends", "const g = await issue('Gold', 1n);\nawait g?.retire();\ng.quantity;"],
  ["using", "using lock = await m.lock();\nconst g = await issue('Gold', 1n);\nawait tx.send(g);\ng.quantity;"],
  [
    "await using",
    "await using lock = await m.lock();\nconst g = await issue('Gold', 1n);\nif (lock) await tx.send(g);\ng.quantity;",
  ],
  ["let later", "let g;\ng = await issue('Gold', 1n);\nawait tx.send(g); g.quantity;"],
  ["let later typed", "let g: Owned;\ng = await issue('Gold', 1n);\nawait tx.send(g); g.quantity;"],
  ["multi-line in loop", "const g = await issue('Gold', 1n);\nfor (const tx of all) {\nawait tx.send(\ng,\n);\n}"],
  ["claimAll", "const [a, b] = await claimAll([x, y]);\nawait tx.send(a);\na.quantity;"],
  ["trade", "const a = await issue('A', 1n);\nconst b = await exchange.trade(a);\na.quantity;"],
  ["Vault", "const a = await issue('A', 1n);\nconst v = new Vault('v', a);\na.quantity;"],
  ["conditional", "const a = ok ? await issue('A', 1n) : await rx.recv();\nawait tx.send(a);\na.quantity;"],
  [
    "channel type",
    "const [tx, rx] = channel<Owned<'Gold'>>('c');\nconst g = await rx.recv();await out.send(g);\ng.quantity;",
  ],
  ["decorated", "class A {\n@logged async m(@inject g: Owned) { await tx.send(g);\n g.quantity; }\n}"],
  ["param property", "class A { constructor(private g: Owned) {\ngive(g, tx);\n g.quantity; } }"],
  ["arrow", "const f = async (g: Owned): Promise<void> => {\nawait tx.send(g);\n g.quantity; };"],
  ["default param", "const f = async (g: Owned = x): Promise<void> => {\nawait tx.send(g);\n g.quantity; };"],
  ["sendEach", "const a = await issue('A', 1n);\nawait sendEach([tx, a], [ty, b]);\na.quantity;"],
  ["actor", "const a = await issue('A', 1n);\nactor(Bank, {}, a);\na.quantity;"],
  ["switch", "const a = await issue('A', 1n);\nswitch (x as number) { case 1: await tx.send(a); }\na.quantity;"],
  ["object shorthand typed", "const a = await issue('A', 1n);\nawait tx.send({ a, n: 1 } as Msg);\na.quantity;"],
  ["try finally", "const a = await issue('A', 1n);\ntry { await tx.send(a); } finally {\nawait a.retire(); }"],
  ["for await", "for await (const a of rx as Receiver<Owned>) {\nawait tx.send(a);\na.quantity; }"],
  [
    "for await 2",
    "const [tx, rx] = channel<Owned>('c');\nfor await (const a of rx) { await tx.send(a);\na.quantity; }",
  ],
  [
    "while no renew",
    "let g: Owned = await rx.recv();\nwhile (x) {\nawait tx.send(g);\n g = y; }\n; await tx.send(g); g.quantity",
  ],
  ["for classic", "const g: Owned = await rx.recv();\nfor (let i = 0; i < 3; i++) {\nawait tx.send(g); }"],
  ["do", "const g: Owned = await rx.recv();\ndo {\nawait tx.send(g); } while (x)"],
  ["when", "await select([when(rx, async (a: Owned) => {\nawait tx.send(a);\na.quantity; })]);"],
])("%s: the rule finds a later use, in the last line or in the next round", (_, body) => {
  expect(uses(body).length).toBeGreaterThan(0);
});

test.each([
  ["Array.join", "const s = parts.join(', ');\nawait tx.send(s);\ns.length;"],
  ["String.split", "const s = line.split(',');\nawait tx.send(s);\ns.length;"],
  ["data channel", "const [tx, rx] = channel<number>('c');\nconst n = await rx.recv();\nawait out.send(n);\nn + 1;"],
  ["data annotated", "const n: number = await rx.recv();\nawait out.send(n);\nn + 1;"],
  ["data as", "const n = (await rx.recv()) as number;\nawait out.send(n);\nn + 1;"],
  [
    "receiver param",
    "async function f(rx: Receiver<string>) {\nconst n = await rx.recv();\nawait out.send(n);\nn.length; }",
  ],
  ["typeof", "const g = await issue('Gold', 1n);\nawait tx.send(g);\ntype T = typeof g;\nlet x: typeof g | undefined;"],
  [
    "here!",
    "const g = await rx.recv();\nawait tx.send(g);\nif (g!.here) return;\nif ((g as Owned).here) return; if (g?.here) return;",
  ],
  ["reassign destr", "let g = await rx.recv();\nawait tx.send(g);\n[g] = await claimAll([x]);\ng.quantity;"],
  ["reassign obj", "let g = await rx.recv();\nawait tx.send(g);\n({ g } = await other());\ng.quantity;"],
  ["reassign as", "let g: Owned = await rx.recv();\nawait tx.send(g);\ng = (await rx.recv()) as Owned;\ng.quantity;"],
  ["for of reassign", "let g: Owned;\nfor (g of all) {\nawait tx.send(g); }"],
  ["for const", "for (const g of all as Owned[]) {\nawait tx.send(g); }"],
  ["let in loop", "for (;;) {\nlet g: Owned;\ng = await rx.recv();\nawait tx.send(g); }"],
  ["let in while", "while (x) {\nconst g: Owned = await rx.recv();\nawait tx.send(g); }"],
  ["overloads", "function f(g: Owned): void;\nfunction f(g: Owned) { give(g, tx); }"],
  ["enum namespace", "enum E { A }\nconst g = await issue('A', 1n);\nawait tx.send(g);"],
  [
    "try one line",
    "const a = await issue('A', 1n);\ntry { await tx.send(a); } catch (e: unknown) { await a.retire(); }",
  ],
  ["type pred", "function isX(g: Owned): g is Owned { return g.here; }"],
  ["object member name", "const gold = await issue('A', 1n);\nawait tx.send(gold);\nconsole.log({ gold: 1 }.gold);"],
  ["Map.merge data", "const n = 5;\nmap.merge(n);\nn + 1;"],
  ["return in branch", "const a = await issue('A', 1n);\nif (x) { await tx.send(a); return; }\nawait a.retire();"],
  ["throw", "const a = await issue('A', 1n);\nif (x) { await tx.send(a); throw new Error('x'); }\nawait a.retire();"],
  ["break", "const a = await issue('A', 1n);\nfor (const t of all) { if (t) { await t.send(a); break; } }"],
  ["while assign", "let g: Owned;\nwhile (x) {\ng = await rx.recv();\nawait tx.send(g); }"],
  ["while cond assign", "let g: Owned | undefined;\nwhile ((g = await next())) {\nawait tx.send(g); }"],
  ["do while", "let g: Owned;\ndo {\ng = await rx.recv();\nawait tx.send(g); } while (x);"],
  [
    "for await data",
    "const [tx, rx] = channel<number>('c');\nfor await (const a of rx) { await out.send(a);\na.toFixed(); }",
  ],
  ["for await unknown", "for await (const a of rx) { await out.send(a);\na.toFixed(); }"],
  ["declare fields", "abstract class A { declare x: number; abstract f(g: Owned): void; }"],
])("%s is no mistake", (_, body) => {
  expect(uses(body)).toEqual([]);
});

test("the rule follows aliases of the type, and renamed imports", () => {
  const file = `import { type Owned as Held } from "time-bandits/runtime";
type Gold = Held<"Gold">;
export async function f(a: Gold, b: Held): Promise<void> {
  await tx.send(a);
  a.quantity;
  await tx.send(b);
  b.quantity;
}`;
  expect(usesIn(file)).toEqual([5, 7]);
});
