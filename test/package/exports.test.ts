/** The exports of the package. Every change of them must be made in exports.ts. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { SUBPATHS } from "../../trace/modules/hooks.ts";
import { EXPORTS } from "./exports.ts";

const { exports: subpaths, files } = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8")) as {
  exports: Record<string, string | { types: string; default: string }>;
  files: string[];
};

/** Every name that an index file exports, types too. */
function namesIn(path: string): string[] {
  const text = readFileSync(path, "utf8");
  const names = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type, list = ""]) =>
    list.split(",").flatMap((each) => {
      const name = each.trim().replace(/^.* as /, "");
      if (name === "") return [];
      return type === undefined ? name : `type ${name}`;
    }),
  );
  const declared = [...text.matchAll(/^export (?:async )?(?:(type|interface)|const|function) (\w+)/gm)].map(
    ([, type, name = ""]) => (type === undefined ? name : `type ${name}`),
  );
  return [...names, ...declared].sort();
}

test("a scenario's imports resolve to the subpaths of the package", () => {
  const { "./package.json": own, ...modules } = subpaths;
  expect(own).toBe("./package.json");
  const wanted = Object.entries(SUBPATHS).map(([subpath, module]) => [
    subpath,
    { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` },
  ]);
  expect(modules).toEqual(Object.fromEntries(wanted));
  for (const module of Object.values(SUBPATHS))
    expect(existsSync(join(PROJECT_ROOT, `${module}.ts`)), module).toBe(true);
});

test("the build compiles every subpath", () => {
  const { files: compiled } = JSON.parse(readFileSync(join(PROJECT_ROOT, "tsconfig.build.json"), "utf8")) as {
    files: string[];
  };
  expect(compiled).toEqual(expect.arrayContaining(Object.values(SUBPATHS).map((module) => `${module}.ts`)));
});

test.each(Object.entries(EXPORTS))("%s exports exactly the listed names", async (subpath, names) => {
  const path = join(PROJECT_ROOT, `${SUBPATHS[subpath]}.ts`);
  expect(readFileSync(path, "utf8")).not.toMatch(/^export (?:type )?\*/m);
  expect(namesIn(path)).toEqual([...names]);
  const values = names.filter((name) => !name.startsWith("type ")).sort();
  const module = (await import(path)) as Record<string, unknown>;
  expect(
    Object.keys(module)
      .filter((name) => name !== "default")
      .sort(),
  ).toEqual(values);
});

test("the packed files exist", () => {
  for (const path of files.map((each) => each.replace(/\/\*.*$/, ""))) {
    if (path !== "dist") expect(existsSync(join(PROJECT_ROOT, path)), path).toBe(true);
  }
});
