/**
 * Points of Baby Jubjub as numbers, and their classes.
 *
 * The curve's group has the order 8l, l prime, and Z is a point of order 8. So the group is cyclic, and each point is
 * one whose order divides l, plus k·Z, for exactly one k modulo 8. That k is the point's class. The class of a sum is
 * the sum of the classes, and points of other classes are other points.
 *
 *   Montgomery  v² = u³ + 168698·u² + u             the affine points are all but O
 *   Edwards     a·x² + y² = 1 + d·x²·y²             the affine points are all, O = (0, 1) among them
 *
 * u = (1 + y) / (1 − y) and v = u / x make one of the other, and keep sums.
 */
import { centred, inverse, P, refuse } from "../constraints/sums.ts";

/** Of the Montgomery form. */
export const MIDDLE = 168698n;
/** Of the Edwards form. */
export const SQUARE = 168700n;
export const NO_SQUARE = 168696n;

/** l. Baby Jubjub's prime order is taken from its definition (ERC-2494). */
const ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;
const EIGHT = 8;

/** Of order 8, and of order l, in Montgomery form. */
export const Z: Affine = [
  19799329160503878365519859265345525785148473002902384773314932802961476726446n,
  17254532040196108728490891380973133526547459744854918265191993098218014369797n,
];
const OF_PRIME_ORDER: Affine = [
  15911430547061389793000475571378725100056101078419116934490913615534943964770n,
  15604226377194715175437583611220688199830490385506725180762234400943242628522n,
];

type Affine = readonly [u: bigint, v: bigint];
/** (X / T, Y / T) in Edwards form. */
type Projective = readonly [x: bigint, y: bigint, t: bigint];

const O: Projective = [0n, 1n, 1n];

const isOnCurve = ([u, v]: Affine): boolean => centred(v * v - u * (u * u + MIDDLE * u + 1n)) === 0n;

/** A point in Edwards form. On the curve only (0, 0) has the v 0; and u is not −1, for 168696 is no square. */
function edwards([u, v]: Affine): Projective {
  if (!isOnCurve([u, v])) refuse(`(${u}, ${v}) is not on the curve`);
  return v === 0n ? [0n, -1n, 1n] : [centred(u * inverse(v)), centred((u - 1n) * inverse(u + 1n)), 1n];
}

/** p + q. The formula has no exceptions, since 168700 is a square and 168696 is not (Bernstein et al., 2008). */
function sum([x, y, t]: Projective, [r, s, w]: Projective): Projective {
  const [tw, xr, ys] = [centred(t * w), centred(x * r), centred(y * s)];
  const [square, product] = [centred(tw * tw), centred(NO_SQUARE * centred(xr * ys))];
  const [f, g] = [square - product, square + product];
  const mixed = (x + y) * (r + s) - xr - ys;
  return [centred(tw * centred(f * mixed)), centred(tw * centred(g * (ys - SQUARE * xr))), centred(f * g)];
}

function multiple(n: bigint, p: Projective): Projective {
  let whole = O;
  for (const bit of n.toString(2)) {
    whole = sum(whole, whole);
    if (bit === "1") whole = sum(whole, p);
  }
  return whole;
}

const isSame = ([x, y, t]: Projective, [r, s, w]: Projective): boolean =>
  centred(x * w - r * t) === 0n && centred(y * w - s * t) === 0n;

/** Euler's criterion: 1 of a square that is not 0, −1 of what is no square. */
function legendre(n: bigint): bigint {
  let power = 1n;
  for (const bit of ((P - 1n) / 2n).toString(2)) power = centred(power * power * (bit === "1" ? n : 1n));
  return power;
}

/** l·k·Z for each class k. It is looked at that all said above of the curve is so. */
function torsion(): Projective[] {
  const must = (holds: boolean, what: string): boolean => holds || refuse(`of the curve it does not hold that ${what}`);
  must(legendre(SQUARE) === 1n && legendre(NO_SQUARE) === -1n, "168700 is a square and 168696 is not");
  must(legendre(-1n) === 1n, "−1 is a square");
  // Both forms are one curve: A = 2(a + d) / (a − d), and 4 / (a − d) = 1.
  must(2n * (SQUARE + NO_SQUARE) === MIDDLE * (SQUARE - NO_SQUARE) && SQUARE - NO_SQUARE === 4n, "its forms are one");
  const [z, base] = [edwards(Z), edwards(OF_PRIME_ORDER)];
  must(!isSame(multiple(4n, z), O) && isSame(multiple(8n, z), O), "Z has the order 8");
  must(!isSame(base, O) && isSame(multiple(ORDER, base), O), "a point has the order l");
  // So the order is a multiple of 8l. By Hasse's theorem it is at most P + 1 + 2√P, which is less than 16l.
  must(P + 1n + 2n ** 129n < 16n * ORDER, "its order is 8l");
  const first = multiple(ORDER, z);
  return Array.from({ length: EIGHT }, (_, k) => multiple(BigInt(k), first));
}

let multiples: readonly Projective[] | undefined;
/** Classes by point: the tables of a second signature are those of the first. */
const classes = new Map<string, number>();

/**
 * Class of a point in Montgomery form: the k with l·p = l·k·Z.
 *
 * @throws Refusal if it is not on the curve
 */
export function classOf(u: bigint, v: bigint): number {
  const key = `${u} ${v}`;
  const known = classes.get(key);
  if (known !== undefined) return known;
  multiples ??= torsion();
  const own = multiple(ORDER, edwards([u, v]));
  const found = multiples.findIndex((one) => isSame(one, own));
  if (found < 0) refuse(`(${u}, ${v}) has no class`);
  classes.set(key, found);
  return found;
}
