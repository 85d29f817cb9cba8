import { ArgumentError, checkInteger, describe } from "../core/index.ts";
import { type Key, normal, uniform } from "../random/index.ts";

/** Lengths of what goes into a layer and of what comes out: integers of 1 or more. */
export type Layer = readonly [inputs: number, outputs: number];

function checkLayer(layer: Layer): void {
  if (!Array.isArray(layer)) throw new ArgumentError("layer", "[inputs, outputs]", describe(layer));
  const [inputs, outputs] = layer;
  checkInteger("inputs", inputs, 1);
  checkInteger("outputs", outputs, 1);
}

/** Weights [in, out] uniform in ±sqrt(6 / (in + out)), for tanh and sigmoid layers. Glorot, Bengio 2010, eq. 16. */
export function glorot(key: Key, layer: Layer): Float32Array {
  checkLayer(layer);
  const [inputs, outputs] = layer;
  const limit = Math.sqrt(6 / (inputs + outputs));
  return uniform(key, inputs * outputs).map((u) => limit * (2 * u - 1));
}

/** Weights [in, out] normal with variance 2 / in, for relu layers. He et al. 2015, eq. 10. */
export function he(key: Key, layer: Layer): Float32Array {
  checkLayer(layer);
  const [inputs, outputs] = layer;
  const scale = Math.sqrt(2 / inputs);
  return normal(key, inputs * outputs).map((z) => scale * z);
}
