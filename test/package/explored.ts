/** Starts the page of an installed package, and looks at what it serves. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter } from "node:path";

const LONGEST_MS = 60_000;

/**
 * @param node folder of the Node to use
 * @returns what is wrong; empty if it serves the page and the run, and stops when it is asked to
 */
export async function explored(program: string, dir: string, cwd: string, node: string | undefined): Promise<string> {
  const path = [...(node === undefined ? [] : [node]), process.env.PATH ?? ""].join(delimiter);
  const child = spawn("node", [program, "explore", dir, "--no-open", "--json"], {
    ...{ cwd, env: { ...process.env, PATH: path }, timeout: LONGEST_MS },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, complained] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complained += chunk.toString();
  });
  const ended = once(child, "close") as Promise<[code: number | null]>;
  while (!said.includes("\n") && child.exitCode === null) await Promise.race([once(child.stdout, "data"), ended]);
  if (!said.includes("\n")) return `it ended: ${said}${complained}`;
  const wrong = await lookAt((JSON.parse(said) as { url: string }).url);
  child.kill("SIGINT");
  const [code] = await ended;
  return code === 0 ? wrong : `${wrong} it ended with ${code}: ${complained}`.trim();
}

async function lookAt(url: string): Promise<string> {
  const wanted: [path: string, expected: RegExp][] = [
    ["", /<title>Time Bandits<\/title>/],
    ["run/files.json", /"trace\.jsonl"/],
    ["run/trace.jsonl", /^\{/],
  ];
  const html = await (await fetch(url)).text();
  for (const [, asset = ""] of html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)) wanted.push([asset, /./]);
  if (wanted.length < 5) return "the page names no assets";
  for (const [path, expected] of wanted) {
    const answer = await fetch(new URL(path, url));
    if (!answer.ok || !expected.test(await answer.text())) return `/${path} is answered with ${answer.status}`;
  }
  return "";
}
