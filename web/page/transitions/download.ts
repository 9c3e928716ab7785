/** Hands a text to the reader as a file. */

/** How long the browser has to take the file, in milliseconds. */
const TAKEN_AFTER = 60_000;

export function download(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), TAKEN_AFTER);
}
