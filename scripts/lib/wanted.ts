/** What a command of `npm run` is asked for, on its command line. */

/**
 * @param usage printed where it cannot be read
 * @param read of the command line; it throws if that asks for what there is not
 * @returns null, with exit code 2, if it throws
 */
export function wantedBy<Wanted>(usage: string, read: () => Wanted): Wanted | null {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exitCode = 2;
    return null;
  }
}
