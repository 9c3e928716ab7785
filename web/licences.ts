/** Writes the licences of all packages whose code the page has, its workers included, into one file beside it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const FILE = "licences.txt";
/** A package's own folder, the innermost one, and what the package is called. */
const PACKAGE = /^\0?(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const TEXT = /^(?:licen[cs]e|copying)(?:[.-].*)?$/i;

/** Folders of packages; the workers' are here before the page itself is written. */
const folders = new Set<string>();

/** @param writes whether this build, the page's, writes the file */
export function licences(writes: boolean): Plugin {
  return {
    name: "timebandits-licences",
    generateBundle(_, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== "chunk") continue;
        for (const id of output.moduleIds) {
          const [, folder] = PACKAGE.exec(id) ?? [];
          if (folder !== undefined) folders.add(folder);
        }
      }
      if (writes) this.emitFile({ type: "asset", fileName: FILE, source: textOf([...folders]) });
    },
  };
}

function textOf(packages: readonly string[]): string {
  const parts = new Map<string, string>();
  for (const folder of packages) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license?: string;
    };
    const file = readdirSync(folder).find((each) => TEXT.test(each));
    const text = file === undefined ? "" : `\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
    parts.set(`${name} ${version}`, `${name} ${version}: ${license ?? "see its text"}\n${text}`);
  }
  const rule = "-".repeat(80);
  const own = "This page is a part of Time Bandits, GPL-3.0-or-later. It has code of these packages.\n";
  return [own, ...[...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)].join(`${rule}\n`);
}
