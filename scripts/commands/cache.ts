import { Command } from "commander";
import { cacheRoot } from "../../prover/storage/cache.ts";
import { type CacheItem, cacheEntries, removeEntries } from "../../prover/storage/cacheList.ts";
import { wholeNumber } from "../lib/numberArgument.ts";
import { count, table } from "../lib/output.ts";
import { does, verb } from "../lib/verb.ts";

interface CleanOptions {
  all?: boolean;
  kind?: string;
  olderThan?: number;
  dryRun?: boolean;
}

/** `cache`: lists and removes compiled circuits and keys on this machine. */
export function cache() {
  const list = does(verb("list", "list the cached files with size and last use"), async () => {
    const items = await cacheEntries();
    return { facts: { folder: cacheRoot(), bytes: bytesOf(items), items }, lines: [...rows(items), total(items)] };
  });
  const clean = verb("clean", "remove cached files that can be rebuilt")
    .option("--older-than <days>", "only files unused for at least this long", daysArgument)
    .option("--kind <kind>", "only one kind, such as circuits or keys")
    .option("--all", "also remove ceremony keys, which cannot be rebuilt")
    .option("--dry-run", "show what would be removed, and remove nothing");
  does<CleanOptions>(clean, async ({ options: { all, kind, olderThan, dryRun } }) => {
    const before = olderThan === undefined ? undefined : Date.now() - olderThan * 86_400_000;
    const wanted = (await cacheEntries()).filter(
      (item) =>
        (kind === undefined || item.kind === kind) &&
        (all === true || item.remakable) &&
        (before === undefined || Date.parse(item.lastUsed) < before),
    );
    const removed = dryRun === true ? wanted : await removeEntries(wanted);
    const busy = wanted.length - removed.length;
    const verbed = dryRun === true ? "would be removed" : "removed";
    const lines = [`${count(removed.length, "entry")} ${verbed}, ${size(bytesOf(removed))}`];
    if (busy > 0) lines.push(`${count(busy, "entry")} kept: a process is writing it`);
    return { facts: { folder: cacheRoot(), dryRun: dryRun === true, bytes: bytesOf(removed), removed, busy }, lines };
  });
  return new Command("cache")
    .description("list or remove the circuits and keys cached on this machine")
    .addCommand(list)
    .addCommand(clean);
}

function daysArgument(text: string): number {
  return wholeNumber(text, [0, 99_999], "It is a whole number of days below 100000.");
}

function bytesOf(items: readonly CacheItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

function size(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function rows(items: readonly CacheItem[]): string[] {
  if (items.length === 0) return [];
  const head = ["kind", "key", "size", "last used"];
  const body = items.map(({ kind, key, bytes, lastUsed }) => [
    kind,
    key.slice(0, 12),
    size(bytes),
    lastUsed.slice(0, 10),
  ]);
  return table([head, ...body]);
}

function total(items: readonly CacheItem[]): string {
  return `${count(items.length, "entry")}, ${size(bytesOf(items))}, in ${cacheRoot()}`;
}
