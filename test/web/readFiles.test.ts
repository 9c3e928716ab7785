/** The run's files as the page reads them: by a list that a stranger may have written, of a run that may grow. */
import { afterEach, expect, test, vi } from "vitest";
import { packFile } from "../../trace/run/packedFiles.ts";
import { putFile } from "../../web/node/files.ts";
import { listedIn } from "../../web/page/frame/fileList.ts";
import { readFiles } from "../../web/page/frame/readFiles.ts";

afterEach(() => vi.unstubAllGlobals());

const list = (...names: string[]): string =>
  JSON.stringify({ schemaVersion: 1, files: names.map((name) => ({ name, bytes: 2 })) });

/** A server whose answers to an address come one after the other; the last one stays. */
function serve(answers: Record<string, string[]>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    const left = answers[url] ?? [];
    const text = left.length > 1 ? left.shift() : left[0];
    return text === undefined || text === "gone" ? new Response("", { status: 404 }) : new Response(text);
  });
  return asked;
}

test("a list names files of a run, each once", () => {
  expect(listedIn(list("trace.jsonl", "proofs/1-a.json", "signatures/ä.json")).files).toHaveLength(3);
  for (const name of [
    ...["x//../trace.jsonl", "x//../../package/circuits/profiles.json", "./trace.jsonl", "/trace.jsonl", "../a.json"],
    ...["proofs/../trace.jsonl", "proofs//1.json", "proofs\\1.json", "proofs/a\u0000.json", "proofs/a/b.json", ""],
    ...["store.sqlite", "blocks.json", "other/1.json", "Trace.jsonl"],
  ])
    expect(() => listedIn(list("trace.jsonl", name)), name).toThrow("is no file of a run");
  expect(() => listedIn(list("trace.jsonl", "trace.jsonl"))).toThrow('lists "trace.jsonl" twice');
  for (const text of ["", "null", "[]", '{"schemaVersion":2,"files":[]}', '{"schemaVersion":1,"files":[null]}'])
    expect(() => listedIn(text), text).toThrow("no list");
  expect(() => listedIn('{"schemaVersion":1,"files":[{"name":"trace.jsonl","bytes":-1}]}')).toThrow("no list");
});

test("nothing is asked of a server whose list is refused", async () => {
  const asked = serve({ "run/files.json": [list("genesis.json", "x//../trace.jsonl")] });
  await expect(readFiles("run", () => undefined)).rejects.toThrow("is no file of a run");
  expect(asked).toEqual(["run/files.json"]);
});

/** An answer with several files. */
const packed = (...files: [name: string, text: string][]): string =>
  new TextDecoder().decode(
    Uint8Array.from(files.flatMap(([name, text]) => [...packFile(name, new TextEncoder().encode(text))])),
  );

test("small files are read many at once where the server gives them so, and the others by their names", async () => {
  const names = ["genesis.json", "proofs/1.json", "proofs/2.json", "proofs/3.json", "signatures/1.json", "trace.jsonl"];
  const listed = JSON.stringify({ ...JSON.parse(list(...names)), packs: true });
  const asked = serve({
    "run/files.json": [listed],
    // One that was written after the list, one twice, and one is not in the answer.
    "run/packed?from=proofs%2F1.json&to=proofs%2F3.json": [
      packed(["proofs/1.json", "11"], ["proofs/1a.json", "xx"], ["proofs/3.json", "33"], ["proofs/3.json", "44"]),
    ],
    "run/proofs/2.json": ["22"],
    ...{ "run/genesis.json": ["ge"], "run/signatures/1.json": ["si"], "run/trace.jsonl": ["tr"] },
  });
  const read = await readFiles("run", () => undefined);
  expect(read.map(([name, content]) => [name, new TextDecoder().decode(content)])).toEqual([
    ...[["genesis.json", "ge"], ...[1, 2, 3].map((n) => [`proofs/${n}.json`, `${n}${n}`])],
    ...[
      ["signatures/1.json", "si"],
      ["trace.jsonl", "tr"],
    ],
  ]);
  expect(asked.filter((url) => url.includes("/proofs/"))).toEqual(["run/proofs/2.json"]);
});

test("the folder in memory takes a path in its one form alone", () => {
  const content = new Uint8Array();
  expect(() => putFile("/own/trace.jsonl", content)).not.toThrow();
  for (const path of ["/own/../x", "/own//x", "/own/./x", "/own/", "own", ""])
    expect(() => putFile(path, content), path).toThrow("no plain path");
});

test("a bundle that is gone is no fault of a run that grows: the list is read once more, and no third time", async () => {
  const [before, after] = [list("proofs/1.json"), list("proofs/2.json")];
  serve({ "run/files.json": [before, after], "run/proofs/2.json": ["{}"] });
  expect((await readFiles("run", () => undefined)).map(([name]) => name)).toEqual(["proofs/2.json"]);
  const asked = serve({ "run/files.json": [before] });
  await expect(readFiles("run", () => undefined)).rejects.toThrow("the server answers 404 for run/proofs/1.json");
  expect(asked).toHaveLength(4);
});

test("of a log that has grown only that is read which was listed; any other file is read whole", async () => {
  serve({
    "run/files.json": [list("trace.jsonl", "manifest.json")],
    "run/trace.jsonl": ["1\n2\n"],
    "run/manifest.json": ["{  }"],
  });
  const read = await readFiles("run", () => undefined);
  expect(read.map(([, content]) => new TextDecoder().decode(content))).toEqual(["1\n", "{  }"]);
});
