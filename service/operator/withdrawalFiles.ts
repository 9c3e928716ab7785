/**
 * Withdrawing changes trace, journal and manifest together, although they are three files. All that they will hold is
 * saved first, in a folder that gets its name in one step. From then on the withdrawal has happened: after a crash it
 * is done again from that folder, as often as needed.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { FILES, pathIn } from "../../trace/run/runDirectory.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { flushFolder, JOURNAL_FILE, onDisk } from "./journal.ts";

const FOLDER = "withdrawal";
/** The folder while it is being filled. */
const NEXT = "withdrawal.next";
const INTENT = "intent.json";
const TAIL = "tail.jsonl";
const PIECE = 1 << 20;

/** Writes what a withdrawal will leave. Disposing of it closes its files. */
export class WithdrawalDraft implements Disposable {
  readonly #dir: string;
  readonly #folder: string;
  #tail: number | undefined;

  constructor(dir: string) {
    this.#dir = dir;
    this.#folder = join(dir, NEXT);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
    this.#tail = openSync(join(this.#folder, TAIL), "wx");
  }

  /** Adds lines to the end that the trace will have. */
  line(...lines: readonly string[]): void {
    if (this.#tail === undefined) return;
    putAll(this.#tail, Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8"));
  }

  /**
   * Makes the withdrawal happen. {@link finishWithdrawal} carries it out.
   * @param bytes of the trace that stay
   */
  decide(bytes: number, journal: string, manifest: string): void {
    if (this.#tail !== undefined) fsyncSync(this.#tail);
    writeWhole(join(this.#folder, JOURNAL_FILE), journal);
    writeWhole(join(this.#folder, FILES.manifest), manifest);
    writeWhole(join(this.#folder, INTENT), `${JSON.stringify({ bytes })}\n`);
    flushFolder(this.#folder);
    renameSync(this.#folder, join(this.#dir, FOLDER));
    flushFolder(this.#dir);
  }

  [Symbol.dispose](): void {
    if (this.#tail !== undefined) closeSync(this.#tail);
    this.#tail = undefined;
  }
}

/** Carries out a withdrawal that was decided, if there is one. @throws EnvironmentError if the disk refuses */
export function finishWithdrawal(dir: string, onStep: (step: string) => void): void {
  const folder = join(dir, FOLDER);
  onDisk(dir, () => {
    rmSync(join(dir, NEXT), { recursive: true, force: true });
    if (!existsSync(folder)) return;
    const intent = join(folder, INTENT);
    if (existsSync(intent)) {
      const { bytes } = JSON.parse(readFileSync(intent, "utf8")) as { bytes: number };
      onStep("withdrawal: trace");
      replaceTail(pathIn(dir, "trace"), bytes, join(folder, TAIL), onStep);
      onStep("withdrawal: journal");
      writeWhole(join(dir, JOURNAL_FILE), readFileSync(join(folder, JOURNAL_FILE)));
      onStep("withdrawal: manifest");
      writeWhole(pathIn(dir, "manifest"), readFileSync(join(folder, FILES.manifest)));
      flushFolder(dir);
      onStep("withdrawal: end");
      rmSync(intent);
      flushFolder(folder);
    }
    onStep("withdrawal: folder");
    rmSync(folder, { recursive: true });
    flushFolder(dir);
  });
}

function replaceTail(path: string, bytes: number, tail: string, onStep: (step: string) => void): void {
  const [to, from] = [openSync(path, "r+"), openSync(tail, "r")];
  try {
    ftruncateSync(to, bytes);
    onStep("withdrawal: cut trace");
    const piece = Buffer.alloc(PIECE);
    for (let at = 0; ; ) {
      const length = readSync(from, piece, 0, PIECE, at);
      if (length === 0) break;
      putAll(to, piece.subarray(0, length), bytes + at);
      at += length;
    }
    fsyncSync(to);
  } finally {
    closeSync(to);
    closeSync(from);
  }
}

/** @param place where in the file; by default behind what was written last */
function putAll(file: number, bytes: Uint8Array, place: number | null = null): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(file, bytes, at, bytes.length - at, place === null ? null : place + at);
}
