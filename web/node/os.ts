/** What the page's workers need of `node:os`. Each worker of the page works on one thread. */
export function availableParallelism(): number {
  return 1;
}

export function homedir(): string {
  return "";
}

export function hostname(): string {
  return "page";
}

export function tmpdir(): string {
  return "/tmp";
}
