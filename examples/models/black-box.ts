import { setTimeout as wait } from "node:timers/promises";
import { foldIn, key } from "reparam";
import { PlackettLuce } from "reparam/distributions";
import { adam, backward, parameter, step } from "reparam/graph";
import { asyncStep, blackBox, estimate, rloo } from "reparam/inference";
import { loadCities } from "./data/cities.ts";
import { BLUE, ORANGE, Panel, picture } from "./support/picture.ts";
import type { Outcome, Run } from "./support/program.ts";

export const about = "black box: the order in which a doctor visits ten cities, by a cost that only answers questions";
export const steps = { whole: 400, short: 300 };

/** A Plackett-Luce distribution of orders is learned so that the expected cost of an order falls. */
export async function run({ steps, seed, signal, show }: Run): Promise<Outcome> {
  const { distances, latitude, longitude } = loadCities(11);
  const items = distances.length - 1;
  let asked = 0;

  /** A service far away: kilometres until a city is reached, on average, on the way from city 0. */
  const cost = async (order: ArrayLike<number>): Promise<number> => {
    asked++;
    await wait(1);
    return waiting(distances, Array.from(order));
  };

  const logits = parameter([items], new Float32Array(items));
  const optimizer = adam({ logits }, { rate: 0.1 });
  const expected: number[] = [];
  for (let at = 0; at < steps; at++) {
    const value = await asyncStep(
      () => {
        const options = { key: foldIn(key(seed), at), estimator: rloo(), samples: 16 };
        const mean = estimate(new PlackettLuce({ logits }), blackBox(cost), options);
        backward(mean);
        return mean.item();
      },
      { signal, concurrency: 16 },
    );
    optimizer.step();
    expected.push(value);
    show({ step: at + 1, of: steps });
  }

  const found = step(() => Array.from(new PlackettLuce({ logits }).mode().toArray()), { gradients: false });
  const best = shortest(distances);
  const numbers = {
    "kilometres of the likeliest order": waiting(distances, found),
    "of the best of all orders": best.kilometres,
    "orders there are": best.orders,
    "questions asked": asked,
  };
  const high = Math.ceil(Math.max(...expected) / 500) * 500;
  const curve = new Panel({
    ...{ left: 70, top: 90, width: 380, height: 260, title: "Mean of the 16 orders of a step" },
    ...{ x: [0, steps], y: [Math.floor(best.kilometres / 500) * 500, high], xLabel: "step", yLabel: "kilometres" },
  });
  curve.line([0, steps], [best.kilometres, best.kilometres], { stroke: ORANGE, isDashed: true });
  curve.label(steps, best.kilometres - 80, "the best of all orders", { fill: ORANGE, anchor: "end" });
  curve.line([...expected.keys()], expected);
  const map = new Panel({
    ...{ left: 530, top: 90, width: 260, height: 260, title: "The likeliest order in the end" },
    ...{ x: [92, 99], y: [14, 26], xLabel: "degrees east", yLabel: "degrees north" },
  });
  const stops = [0, ...found.map((item) => item + 1)];
  const [east, north] = [longitude, latitude].map((of) => stops.map((stop) => of[stop]));
  map.line(east, north).points(east, north, { fill: stops.map((stop) => (stop === 0 ? ORANGE : BLUE)) });
  east.forEach((x, at) => void map.label(x + 0.15, north[at] + 0.15, String(at)));
  return {
    numbers,
    picture: picture(
      {
        ...{ width: 830, height: 410, title: "Ten cities in Burma, in the order that makes them wait least" },
        subtitle: `kilometres until a city is reached, on average: ${asked} questions about ${best.orders} orders`,
      },
      [curve.svg(), map.svg()],
    ),
  };
}

type Distances = readonly (readonly number[])[];

/** Of the cities order[0] + 1, order[1] + 1, ...: the mean of the ways from city 0 to each. */
export function waiting(distances: Distances, order: readonly number[]): number {
  const stops = [0, ...order.map((item) => item + 1)];
  let way = 0;
  let total = 0;
  for (let at = 1; at < stops.length; at++) {
    way += distances[stops[at - 1]][stops[at]];
    total += way;
  }
  return total / order.length;
}

/** By trying all orders. */
function shortest(distances: Distances): { kilometres: number; orders: number } {
  let best = Infinity;
  let orders = 0;
  const visit = (from: number, left: readonly number[], way: number, total: number): void => {
    if (left.length === 0) {
      orders++;
      best = Math.min(best, total);
    }
    for (const to of left) {
      const reached = way + distances[from][to];
      visit(
        to,
        left.filter((other) => other !== to),
        reached,
        total + reached,
      );
    }
  };
  const cities = distances.slice(1).map((_, item) => item + 1);
  visit(0, cities, 0, 0);
  return { kilometres: best / cities.length, orders };
}
