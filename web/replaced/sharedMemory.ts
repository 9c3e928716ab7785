/**
 * In place of prover/engines/wasm/sharedMemory.ts: plain memory. The page's engine has no other threads to share it
 * with, and a browser gives shared memory to few pages.
 */
export class SharedMemory {
  lend(): Loan {
    return new Loan();
  }
}

export class Loan {
  take(bytes: number): SharedArrayBuffer {
    // Whoever reads it makes views of it alone.
    return new ArrayBuffer(bytes) as unknown as SharedArrayBuffer;
  }

  [Symbol.dispose](): void {
    // Nobody else has it.
  }
}
