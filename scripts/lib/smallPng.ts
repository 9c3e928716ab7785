/** Makes a picture of a page small: at most 256 colours. A page has few, but for the edges of its letters. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const MOST_COLOURS = 256;
/** Bits of each channel by which colours are told apart at first. */
const KEPT_BITS = 5;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue. */
  readonly rgb: Uint8Array;
}

/**
 * The same picture with a palette.
 * @throws Error if it is not as Chromium makes them: 8 bits, RGB or RGBA, not interlaced
 */
export function smallPng(png: Uint8Array): Uint8Array {
  const { width, height, rgb } = pixelsOf(Buffer.from(png));
  const { palette, nearest } = paletteOf(rgb);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = nearest(3 * (y * width + x));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const parts: [string, Uint8Array][] = [
    ["IHDR", header],
    ["PLTE", Uint8Array.from(palette.flat())],
    ["IDAT", deflateSync(rows, { level: 9, memLevel: 9 })],
    ["IEND", new Uint8Array()],
  ];
  return Buffer.concat([SIGNATURE, ...parts.map(([name, data]) => chunk(name, data))]);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

function pixelsOf(png: Buffer): Pixels {
  const data: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const name = png.toString("latin1", at + 4, at + 8);
    const content = png.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") {
      [width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[content[9] ?? 0] ?? 0;
      if (channels === 0 || content[8] !== 8 || content[12] !== 0) throw new Error("this is no picture of Chromium's");
    }
    if (name === "IDAT") data.push(content);
    at += length + 12;
  }
  return { width, height, rgb: unfiltered(inflateSync(Buffer.concat(data)), width, height, channels) };
}

/** Undoes the filters of the rows, and drops the opacity. */
function unfiltered(rows: Buffer, width: number, height: number, channels: number): Uint8Array {
  const length = width * channels;
  const rgb = new Uint8Array(3 * width * height);
  let above = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (length + 1)];
    const row = new Uint8Array(rows.subarray(y * (length + 1) + 1, (y + 1) * (length + 1)));
    for (let i = 0; i < length; i++) {
      const left = i < channels ? 0 : (row[i - channels] ?? 0);
      const up = above[i] ?? 0;
      const corner = i < channels ? 0 : (above[i - channels] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      row[i] = (row[i] ?? 0) + guess;
    }
    for (let x = 0; x < width; x++) rgb.set(row.subarray(x * channels, x * channels + 3), 3 * (y * width + x));
    above = row;
  }
  return rgb;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

type Colour = [red: number, green: number, blue: number];

/** The most frequent colours, one of each sort; and the nearest of them for a pixel. */
function paletteOf(rgb: Uint8Array): { palette: Colour[]; nearest: (at: number) => number } {
  const counts = new Map<number, number>();
  const colourAt = (at: number): number => ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0);
  for (let at = 0; at < rgb.length; at += 3) counts.set(colourAt(at), (counts.get(colourAt(at)) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const sort = (colour: number): number => {
    const kept = (shift: number): number => ((colour >> shift) & 0xff) >> (8 - KEPT_BITS);
    return (kept(16) << (2 * KEPT_BITS)) | (kept(8) << KEPT_BITS) | kept(0);
  };
  // The areas of the page are exact; of the edges, one colour of each sort.
  const EXACT = 48;
  const seen = new Set<number>();
  const chosen = frequent.filter((colour, i) => {
    const isNew = !seen.has(sort(colour));
    seen.add(sort(colour));
    return i < EXACT || isNew;
  });
  const palette = chosen
    .slice(0, MOST_COLOURS)
    .map((colour): Colour => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]);
  const known = new Map<number, number>();
  const nearest = (at: number): number => {
    const colour = colourAt(at);
    const found = known.get(colour) ?? nearestIn(palette, [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0]);
    known.set(colour, found);
    return found;
  };
  return { palette, nearest };
}

function nearestIn(palette: readonly Colour[], [red, green, blue]: Colour): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [i, [r, g, b]] of palette.entries()) {
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
