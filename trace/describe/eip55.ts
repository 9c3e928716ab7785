/** Addresses of Ethereum in mixed case: the case of their letters is a checksum (EIP-55). */

const MASK = (1n << 64n) - 1n;
const RATE = 136;
const ROUNDS = 24;

/** The address with the case of its checksum. @param address 0x and 40 hexadecimal digits */
export function checksummed(address: string): string {
  const digits = address.slice(2).toLowerCase();
  const sums = keccak256(Buffer.from(digits, "latin1")).toString("hex");
  return `0x${[...digits].map((digit, i) => (Number(`0x${sums[i]}`) >= 8 ? digit.toUpperCase() : digit)).join("")}`;
}

/** The address that a number is, with the case of its checksum; a number beyond 160 bits stays one. */
export function addressText(number: bigint): string {
  return number >> 160n === 0n ? checksummed(`0x${number.toString(16).padStart(40, "0")}`) : number.toString();
}

/** Keccak-256 as Ethereum uses it, with the padding before the standard. */
export function keccak256(bytes: Uint8Array): Buffer {
  const padded = Buffer.alloc((Math.floor(bytes.length / RATE) + 1) * RATE);
  padded.set(bytes);
  padded[bytes.length] = 1;
  padded[padded.length - 1] = (padded[padded.length - 1] ?? 0) | 0x80;
  const state = Array.from({ length: 25 }, () => 0n);
  for (let at = 0; at < padded.length; at += RATE) {
    for (let lane = 0; lane < RATE / 8; lane++)
      state[lane] = (state[lane] ?? 0n) ^ padded.readBigUInt64LE(at + lane * 8);
    permute(state);
  }
  const out = Buffer.alloc(32);
  for (let lane = 0; lane < 4; lane++) out.writeBigUInt64LE(state[lane] ?? 0n, lane * 8);
  return out;
}

const [ROTATIONS, TARGETS] = steps();

function permute(a: bigint[]): void {
  const at = (i: number): bigint => a[i] ?? 0n;
  let register = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const sums = [0, 1, 2, 3, 4].map((x) => at(x) ^ at(x + 5) ^ at(x + 10) ^ at(x + 15) ^ at(x + 20));
    for (let i = 0; i < 25; i++) a[i] = at(i) ^ (sums[(i + 4) % 5] ?? 0n) ^ rotated(sums[(i + 1) % 5] ?? 0n, 1);
    let carried = at(1);
    TARGETS.forEach((target, i) => {
      const next = at(target);
      a[target] = rotated(carried, ROTATIONS[i] ?? 0);
      carried = next;
    });
    for (let y = 0; y < 25; y += 5) {
      const row = a.slice(y, y + 5);
      for (let x = 0; x < 5; x++)
        a[y + x] = (row[x] ?? 0n) ^ (~(row[(x + 1) % 5] ?? 0n) & MASK & (row[(x + 2) % 5] ?? 0n));
    }
    for (let bit = 0; bit < 7; bit++) {
      if ((register & 1) === 1) a[0] = at(0) ^ (1n << BigInt((1 << bit) - 1));
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1;
    }
  }
}

function rotated(lane: bigint, by: number): bigint {
  return ((lane << BigInt(by)) | (lane >> BigInt(64 - by))) & MASK;
}

/** The order of the lanes in the steps rho and pi, and by how much each is rotated. */
function steps(): [number[], number[]] {
  const [rotations, targets]: [number[], number[]] = [[], []];
  let [x, y] = [1, 0];
  for (let t = 0; t < 24; t++) {
    rotations.push((((t + 1) * (t + 2)) / 2) % 64);
    [x, y] = [y, (2 * x + 3 * y) % 5];
    targets.push(x + 5 * y);
  }
  return [rotations, targets];
}
