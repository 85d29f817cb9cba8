import { ArgumentError } from "reparam";
import { readColumns } from "./csv.ts";

export interface Cities {
  /** Degrees.minutes, as TSPLIB writes them: 16.47 is 16° 47'. */
  readonly latitude: readonly number[];
  readonly longitude: readonly number[];
  /** Whole kilometres by TSPLIB's rule "GEO", [city][city]. */
  readonly distances: readonly (readonly number[])[];
}

/** Neighbours in the file are neighbours in Burma, which would make 0, 1, 2, ... a good way at once: steps of 3. */
const STEP = 3;

/**
 * 14 cities in Burma: TSPLIB's burma14, whose shortest round trip of all cities is 3323 km; or the first `count` of
 * them, 0, 3, 6, 9, 12, 1, ... of the file.
 * @throws ArgumentError when `count` is no whole number of 2 to 14.
 */
export function loadCities(count = 14): Cities {
  const table = readColumns("burma14.csv", ["latitude", "longitude"]);
  const all = table.latitude.length;
  if (!Number.isInteger(count) || count < 2 || count > all) throw new ArgumentError("count", `2 to ${all}`, `${count}`);
  const numbers = Array.from({ length: count }, (_, at) => (at * STEP) % all);
  const latitude = numbers.map((number) => table.latitude[number] as number);
  const longitude = numbers.map((number) => table.longitude[number] as number);
  const places = latitude.map((north, at) => [radians(north), radians(longitude[at] as number)] as const);
  return { latitude, longitude, distances: places.map((a) => places.map((b) => (a === b ? 0 : distance(a, b)))) };
}

/**
 * Kilometres of the way order[0], order[1], ..., which ends where it ends. It is a promise, as if it were asked of a
 * server of routes.
 * @throws ArgumentError when `order` is no order of the cities.
 */
export async function wayLength(order: readonly number[], { distances }: Pick<Cities, "distances">): Promise<number> {
  const seen = new Set(order);
  if (seen.size !== order.length || order.length !== distances.length || !order.every((_, city) => seen.has(city))) {
    throw new ArgumentError("order", `each of the cities 0 to ${distances.length - 1} once`, `[${order}]`);
  }
  return order.slice(1).reduce((sum, to, at) => {
    const from = order[at] as number;
    return sum + ((distances[from] as readonly number[])[to] as number);
  }, 0);
}

// Reinelt, TSPLIB 95, section 2.4: the value of pi, the radius and the rounding are part of the rule. The fraction lies
// far enough from whole numbers that the last bit of sin and acos, which engines may choose, changes no distance: by 0.016 km or more.
// biome-ignore lint/suspicious/noApproximativeNumericConstant: TSPLIB's pi has six digits, and its lengths are of them.
const PI = 3.141592;
const RADIUS = 6378.388;

function radians(value: number): number {
  const degrees = Math.trunc(value);
  return (PI * (degrees + (5 * (value - degrees)) / 3)) / 180;
}

function distance([north1, east1]: readonly [number, number], [north2, east2]: readonly [number, number]): number {
  const q1 = Math.cos(east1 - east2);
  const q2 = Math.cos(north1 - north2);
  const q3 = Math.cos(north1 + north2);
  return Math.floor(RADIUS * Math.acos(0.5 * ((1 + q1) * q2 - (1 - q1) * q3)) + 1);
}
