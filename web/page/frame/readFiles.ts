/** Reads the files of a run as a server lists them. */
import { type Listed, listedIn } from "./fileList.ts";

export type RunFile = readonly [name: string, content: Uint8Array];

/** Told what happens while a run is opened. */
export type OnStep = (text: string, done: number, of: number) => void;

/** Files that are read at once. */
const TOGETHER = 8;
const GONE = 404;
/** A server that counts what is asked says when to ask again. */
const TOO_MANY = 429;
const PRIVATE = 401;
/** The longest wait that it may ask for, in seconds. */
const LONGEST_WAIT = 60;

/** A file that was listed is gone. */
class Gone extends Error {}

/**
 * Reads all files. A run that grows loses bundles to others while it is read: then the list is read once more.
 * @throws Error if the server does not answer as it should, or lists what is no file of a run
 */
export async function readFiles(base: string, onStep: OnStep): Promise<RunFile[]> {
  try {
    return await readListed(base, onStep);
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    return await readListed(base, onStep);
  }
}

async function readListed(base: string, onStep: OnStep): Promise<RunFile[]> {
  const files = listedIn(await (await fetched(`${base}/files.json`)).text());
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const read: RunFile[] = [];
  let done = 0;
  for (let from = 0; from < files.length; from += TOGETHER) {
    const some = files.slice(from, from + TOGETHER).map(async (file): Promise<RunFile> => {
      const path = file.name.split("/").map(encodeURIComponent).join("/");
      const content = upTo(file, new Uint8Array(await (await fetched(`${base}/${path}`, Gone)).arrayBuffer()));
      done += content.length;
      onStep("reading the run", done, all);
      return [file.name, content];
    });
    read.push(...(await Promise.all(some)));
  }
  return read;
}

/** What was there when the list was made. A log that has grown since is ahead of the proofs that were listed. */
function upTo({ name, bytes }: Listed, content: Uint8Array): Uint8Array {
  return name.endsWith(".jsonl") && content.length > bytes ? content.slice(0, bytes) : content;
}

async function fetched(url: string, Missing: new (message: string) => Error = Error): Promise<Response> {
  for (;;) {
    const response = await fetch(url, { cache: "no-store" });
    if (response.ok) return response;
    const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
    if (response.status === PRIVATE) {
      throw new Error("this server gives the run only to its programs and its operator; explore a copy of the run");
    }
    const refusal = `the server answers ${response.status} for ${url}`;
    if (response.status === GONE) throw new Missing(refusal);
    if (response.status !== TOO_MANY || !(wait <= LONGEST_WAIT)) throw new Error(refusal);
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Math.max(1, wait)));
  }
}
