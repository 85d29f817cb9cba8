export { type Address, addressOf } from "./address.ts";
export { checkKey, foldIn, type Key, key, named, split } from "./key.ts";
export { bits, exponential, gumbel, logistic, type NoiseOptions, normal, uniform } from "./noise.ts";
