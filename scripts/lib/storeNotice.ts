/** Says on stderr that a run's store was not believed. The work goes on without it. */
export function storeNotice(text: string): void {
  process.stderr.write(`timebandits: ${text}\n`);
}
