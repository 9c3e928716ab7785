/** Builds the page. Its workers run the code of the command line; the parts that need Node are replaced. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { PROFILES } from "../prover/profiles.ts";
import { ownVersion } from "../prover/storage/packageFile.ts";
import { verifyingArtifactsHere } from "../prover/verifyingArtifacts.ts";
import { moduleBytes } from "../trace/poseidon/module.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Modules of the command line, and what stands for them in the page. */
const REPLACED: Readonly<Record<string, string>> = {
  "../contracts/artifacts.ts": "replaced/contractArtifacts.ts",
  "../prover/curve/bn128Module.ts": "replaced/bn128Module.ts",
  "../prover/storage/packageFile.ts": "replaced/packageFile.ts",
  "../prover/verifyingArtifacts.ts": "replaced/verifyingArtifacts.ts",
  "../trace/poseidon/module.ts": "replaced/poseidonModule.ts",
};

/** Modules of Node, and what stands for them in the page. */
const NODE: Readonly<Record<string, string>> = {
  crypto: "node/crypto.ts",
  fs: "node/fs.ts",
  "fs/promises": "node/fsPromises.ts",
  os: "node/os.ts",
  url: "node/url.ts",
  util: "node/util.ts",
  "timers/promises": "node/timersPromises.ts",
};
const ABSENT = ["child_process", "module", "readline", "sqlite", "stream/promises", "worker_threads"];

function replacements(): Plugin {
  const by = new Map(Object.entries(REPLACED).map(([from, to]) => [here(from), here(to)]));
  return {
    name: "timebandits-replacements",
    enforce: "pre",
    async resolveId(source, importer, options) {
      if (source.startsWith("node:")) {
        const name = source.slice("node:".length);
        if (name === "path") return await this.resolve("path-browserify", importer, options);
        if (NODE[name] !== undefined) return here(NODE[name]);
        if (ABSENT.includes(name)) return here("node/absent.ts");
        throw new Error(`${importer}: the page has no ${source}`);
      }
      // Only for making keys: the page makes none.
      if (source === "blake-hash") return here("node/absent.ts");
      if (!source.startsWith(".") || importer === undefined || importer.startsWith(here("replaced"))) return null;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      return found === null ? null : (by.get(found.id) ?? found);
    },
  };
}

const VIRTUAL = ["virtual:keys", "virtual:poseidon"];

/** What is made when the page is built. */
function made(): Plugin {
  return {
    name: "timebandits-made",
    resolveId: (source) => (VIRTUAL.includes(source) ? `\0${source}` : null),
    async load(id) {
      if (id === "\0virtual:poseidon") {
        const text = Buffer.from(moduleBytes()).toString("base64");
        return `export default Uint8Array.from(atob("${text}"), (c) => c.charCodeAt(0));`;
      }
      if (id !== "\0virtual:keys") return null;
      const keys: Record<string, object> = {};
      for (const { name } of PROFILES) {
        const profile = PROFILES.find((each) => each.name === name);
        const artifacts = profile && (await verifyingArtifactsHere(profile));
        if (!artifacts) throw new Error(`${name} has no published key for the circuit of this version`);
        // A ceremony's key on the builder's machine is not the package's.
        const file = new URL(`../prover/keys/published/${name}.json`, import.meta.url);
        const published = JSON.parse(readFileSync(file, "utf8")) as { circuit: string; verificationKey: object };
        if (published.circuit !== artifacts.circuit.hash)
          throw new Error(`${name}'s published key is of another circuit`);
        keys[name] = { circuit: published.circuit, verificationKey: published.verificationKey };
      }
      return `export default ${JSON.stringify(keys)};`;
    },
  };
}

const plugins = (): Plugin[] => [replacements(), made()];

export default defineConfig({
  root: here("."),
  base: "./",
  define: { TIMEBANDITS_VERSION: JSON.stringify(ownVersion()) },
  plugins: plugins(),
  // What a worker needs of Node must be there before any other module runs, in whichever file it lies.
  worker: { format: "es", plugins, rolldownOptions: { output: { strictExecutionOrder: true } } },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    outDir: here("../dist/web"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4_096,
    sourcemap: false,
  },
});
