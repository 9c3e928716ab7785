/**
 * Starts a worker. It begins from a blob that imports its code: so it has the page's own content policy, narrowed as
 * the page's is, on any host. One that began from its address would have the policy of that answer's headers, and a
 * static host sends none.
 */
import { READY } from "../../work/ready.ts";

/** @throws Error if its code cannot be had */
export async function startWorker(address: string, name: string): Promise<Worker> {
  const code = `import ${JSON.stringify(new URL(address, document.baseURI).href)};`;
  const blob = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(blob, { type: "module", name });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener("message", ({ data }: MessageEvent) => data === READY && resolve());
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        reject(new Error(event.message || `the page's own code cannot be read (${name}); load the page again`));
      });
    });
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    URL.revokeObjectURL(blob);
  }
  return worker;
}
