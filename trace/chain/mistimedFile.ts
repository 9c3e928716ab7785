/** Compares the times of a trace with those of blocks, by its text: nothing of it is replayed. */
import { chunksOf } from "../run/traceFile.ts";
import type { ChainBlock } from "./blocksFile.ts";
import type { Mistimed } from "./record.ts";

/** The first transition of a trace file, up to a place in it, with another time than its block's. */
export function mistimedInFile(path: string, bytes: number, blocks: readonly ChainBlock[]): Mistimed | null {
  let next = 0;
  let rest = "";
  for (const chunk of chunksOf(path, 0, bytes)) {
    const text = rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    const end = text.lastIndexOf("\n") + 1;
    for (const [, number, time] of text.slice(0, end).matchAll(/^\{"seq":(\d+),"group":\d+,"at":(\d+),/gm)) {
      const [seq, at] = [Number(number), Number(time)];
      while (next < blocks.length && (blocks[next]?.seqs?.[1] ?? 0) < seq) next++;
      const { seqs, time: due } = blocks[next] ?? { seqs: null, time: 0 };
      if (seqs !== null && seqs[0] <= seq && at !== due) return { seq, at };
    }
    rest = text.slice(end);
  }
  return null;
}
