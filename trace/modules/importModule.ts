/**
 * Imports a module of the user, TypeScript or JavaScript. What it imports from `time-bandits` is the package that is
 * running.
 * @param href URL of its file
 * @throws whatever keeps it from being loaded: it is not there, does not parse, or throws
 */
export async function importModule(href: string): Promise<Record<string, unknown>> {
  // Loaded when it is needed: from then on, hooks see every import of this thread.
  await import("./register.ts");
  return (await import(href)) as Record<string, unknown>;
}
