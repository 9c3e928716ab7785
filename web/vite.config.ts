/** Builds the page. Its workers run the code of the command line; the parts that need Node are replaced. */
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { circuitKey } from "../prover/circuit/build.ts";
import { publishedKey } from "../prover/keys/published.ts";
import { mainSource, NAMED_CIRCUITS } from "../prover/profiles.ts";
import { ownVersion } from "../prover/storage/packageFile.ts";
import { META_POLICY } from "../service/explorer/policy.ts";
import { licences } from "./licences.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Modules of the command line, and what stands for them in the page. */
const REPLACED: Readonly<Record<string, string>> = {
  "../contracts/artifacts.ts": "replaced/contractArtifacts.ts",
  "../prover/artifacts.ts": "replaced/artifacts.ts",
  "../prover/curve/bn128Module.ts": "replaced/bn128Module.ts",
  "../prover/engines/index.ts": "replaced/engines.ts",
  "../prover/engines/wasm/pool.ts": "replaced/threadPool.ts",
  "../prover/engines/wasm/sharedMemory.ts": "replaced/sharedMemory.ts",
  "../prover/storage/packageFile.ts": "replaced/packageFile.ts",
  "../prover/verifyingArtifacts.ts": "replaced/verifyingArtifacts.ts",
  "../trace/poseidon/constants.ts": "replaced/poseidonConstants.ts",
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
const ABSENT = ["child_process", "module", "readline", "sqlite", "stream/promises", "v8", "worker_threads"];

/** Parts of packages, by the package whose modules ask for them, and what stands for them. Empty: whoever asks. */
const PARTS: readonly (readonly [asking: string, asked: string, instead: string])[] = [
  ["", "circomlibjs", "replaced/circomlibjs.ts"],
  ["circomlibjs", "./mimc7.js", "replaced/absentHash.ts"],
  ["circomlibjs", "./mimcsponge.js", "replaced/absentHash.ts"],
  ["circomlibjs", "./pedersen_hash.js", "replaced/absentHash.ts"],
  ["circomlibjs", "./poseidon_wasm.js", "replaced/eddsaPoseidon.ts"],
  ["circomlibjs", "blake-hash", "replaced/blakeHash.ts"],
  // The package's own bundle for browsers has all of its curves in it.
  ["", "ffjavascript", "../node_modules/ffjavascript/main.js"],
  ["ffjavascript", "./bls12381.js", "node/absent.ts"],
  ["ffjavascript", "crypto", "node/absent.ts"],
  ["ffjavascript", "os", "node/absent.ts"],
  // For its threads, of which it is told to have none.
  ["ffjavascript", "web-worker", "node/absent.ts"],
];

function partFor(source: string, importer: string): string | undefined {
  const found = PARTS.find(
    ([asking, asked]) => asked === source && (asking === "" || importer.includes(`/node_modules/${asking}/`)),
  );
  return found === undefined ? undefined : here(found[2]);
}

/** A program of a thread, which the command line starts by its path. The page starts none, and carries none. */
const THREAD = /new URL\("\.\/[^"]+\.ts", import\.meta\.url\)/g;

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
      const part = partFor(source, importer ?? "");
      if (part !== undefined) return part;
      if (!source.startsWith(".") || importer === undefined || importer.startsWith(here("replaced"))) return null;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      return found === null ? null : (by.get(found.id) ?? found);
    },
    transform(code, id) {
      if (!id.endsWith(".ts") || !id.startsWith(here("..")) || id.includes("/node_modules/")) return null;
      const without = code.replaceAll(THREAD, 'new URL("thread:none")');
      return without === code ? null : { code: without, map: null };
    },
  };
}

const KEYS = "virtual:keys";

/** What is made when the page is built. */
function made(): Plugin {
  return {
    name: "timebandits-made",
    resolveId: (source) => (source === KEYS ? `\0${KEYS}` : null),
    async load(id) {
      if (id !== `\0${KEYS}`) return null;
      const keys: Record<string, object> = {};
      for (const profile of NAMED_CIRCUITS) {
        // A ceremony's key on the builder's machine is not the package's.
        const published = await publishedKey(profile, await circuitKey(mainSource(profile)));
        if (published === null) throw new Error(`${profile.name} has no published key for the circuit of this version`);
        keys[profile.name] = { circuit: published.circuit, verificationKey: published.verificationKey };
      }
      return `export default ${JSON.stringify(keys)};`;
    },
  };
}

/** Puts the content policy before everything else in the page. */
function policy(): Plugin {
  const attrs = { "http-equiv": "Content-Security-Policy", content: META_POLICY };
  return {
    name: "timebandits-policy",
    transformIndexHtml: () => [{ tag: "meta", attrs, injectTo: "head-prepend" as const }],
  };
}

const plugins = (): Plugin[] => [replacements(), made()];

export default defineConfig({
  root: here("."),
  base: "./",
  define: { TIMEBANDITS_VERSION: JSON.stringify(ownVersion()) },
  plugins: [...plugins(), policy(), licences(true)],
  // The globals come before whatever uses them, however the modules are spread over files.
  worker: {
    format: "es",
    plugins: () => [...plugins(), licences(false)],
    rolldownOptions: { output: { strictExecutionOrder: true } },
  },
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
