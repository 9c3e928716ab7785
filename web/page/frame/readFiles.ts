/** Reads the files of a run as a server lists them. */
import {
  MOST_FILE_BYTES,
  MOST_PACK_BYTES,
  MOST_PACK_FILES,
  type NamedFile,
  PACK_NAME,
  unpackFiles,
} from "../../../trace/run/packedFiles.ts";
import { type Listed, listedIn } from "./fileList.ts";

export type RunFile = NamedFile;

/** Told what happens while a run is opened. */
export type OnStep = (text: string, done: number, of: number) => void;

/** Files, or packs of them, that are read at once. */
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
  const { files, packs } = listedIn(await (await fetched(`${base}/files.json`)).text());
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const read = new Map<string, Uint8Array>();
  let done = 0;
  const take = (name: string, content: Uint8Array): void => {
    read.set(name, content);
    done += content.length;
    onStep("reading the run", done, all);
  };
  const wanted = packs ? packsOf(files) : [];
  await together(wanted, async (pack) => {
    for (const [name, content] of await readPack(base, pack)) take(name, content);
  });
  // What no answer held is asked for by its name.
  const left = files.filter(({ name }) => !read.has(name));
  await together(left, async (file) => {
    const path = file.name.split("/").map(encodeURIComponent).join("/");
    take(file.name, upTo(file, new Uint8Array(await (await fetched(`${base}/${path}`, Gone)).arrayBuffer())));
  });
  return files.map(({ name }) => [name, read.get(name) as Uint8Array]);
}

/** Does the work for each, some of them at once. */
async function together<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < list.length; from += TOGETHER)
    await Promise.all(list.slice(from, from + TOGETHER).map(work));
}

/** Those of the files that were listed: the run may have more by now. */
async function readPack(base: string, pack: readonly Listed[]): Promise<NamedFile[]> {
  const [from, to] = [pack[0]?.name ?? "", pack.at(-1)?.name ?? ""];
  const answer = await fetched(`${base}/${PACK_NAME}?${new URLSearchParams({ from, to })}`);
  const names = new Set(pack.map(({ name }) => name));
  return unpackFiles(new Uint8Array(await answer.arrayBuffer())).filter(([name]) => names.delete(name));
}

/** Small files that follow each other in a folder, as many as one answer holds. A single one needs no pack. */
function packsOf(files: readonly Listed[]): Listed[][] {
  const packs: Listed[][] = [];
  let bytes = 0;
  const inOrder = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const file of inOrder.filter(({ name, bytes }) => name.includes("/") && bytes <= MOST_FILE_BYTES)) {
    const open = packs.at(-1);
    const isNext = open?.[0]?.name.split("/")[0] === file.name.split("/")[0];
    if (open !== undefined && isNext && open.length < MOST_PACK_FILES && bytes + file.bytes <= MOST_PACK_BYTES) {
      open.push(file);
      bytes += file.bytes;
    } else {
      packs.push([file]);
      bytes = file.bytes;
    }
  }
  return packs.filter((pack) => pack.length > 1);
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
