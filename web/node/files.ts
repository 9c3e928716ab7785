/**
 * A read-only folder in memory. It stands for the disk in the page's workers, so that they run the same code as the
 * command line. A path names a file, and all paths that a file lies in are folders.
 */

/** Content by absolute path. */
const files = new Map<string, Uint8Array>();

/** An error as the file system of Node gives it: code ENOENT, EROFS and so on. */
export class FileError extends Error {
  readonly code: string;

  constructor(code: string, path: string) {
    super(`${code}: ${path}`);
    this.code = code;
  }
}

/**
 * Puts a file there, in place of one of that name.
 * @throws Error if the path is not in its one form: a name of a stranger cannot lead to another folder
 */
export function putFile(path: string, content: Uint8Array): void {
  if (path !== absolute(path)) throw new Error(`${JSON.stringify(path)} is no plain path of a file`);
  files.set(path, content);
}

/** @throws FileError if there is no such file */
export function contentOf(path: string | URL): Uint8Array {
  const name = absolute(path);
  const found = files.get(name);
  if (found !== undefined) return found;
  throw new FileError(isFolder(name) ? "EISDIR" : "ENOENT", name);
}

/** Whether the path is a file, a folder, or nothing. */
export function kindOf(path: string | URL): "file" | "folder" | undefined {
  const name = absolute(path);
  if (files.has(name)) return "file";
  return isFolder(name) ? "folder" : undefined;
}

/** Names in a folder. @throws FileError if it is not one */
export function namesIn(path: string | URL): string[] {
  const name = absolute(path);
  if (files.has(name)) throw new FileError("ENOTDIR", name);
  const below = `${name}/`;
  const names = new Set<string>();
  for (const file of files.keys())
    if (file.startsWith(below)) names.add(file.slice(below.length).split("/", 1)[0] ?? "");
  if (names.size === 0) throw new FileError("ENOENT", name);
  return [...names];
}

function isFolder(name: string): boolean {
  const below = name === "/" ? "/" : `${name}/`;
  for (const file of files.keys()) if (file.startsWith(below)) return true;
  return false;
}

function absolute(path: string | URL): string {
  const text = typeof path === "string" ? path : decodeURIComponent(path.pathname);
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
