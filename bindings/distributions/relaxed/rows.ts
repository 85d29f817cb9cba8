import { apply, expand, sizeOf } from "../../graph/extend.ts";
import { type Shape, type Tensor, tensor } from "../../graph/index.ts";
import { kernelsOf } from "../core.ts";
import { gradientOf } from "../fused.ts";

/** A Concrete sample in log space: noise [..., cols], whose shape the parameters stretch to, temperature without the last. */
export function concreteDraw(noise: Tensor, logitsOfAll: Tensor, temperatureOfAll: Tensor): Tensor {
  const { shape } = noise;
  const leading = shape.slice(0, -1);
  const [rows, cols] = [sizeOf(leading), shape.at(-1) as number];
  const logits = expand(logitsOfAll, shape);
  const temperature = expand(temperatureOfAll, leading);
  return apply({
    name: "concreteSample",
    inputs: { logits, temperature },
    reads: { noise },
    shape,
    forward: (core, y) => kernelsOf(core).concreteDraw(y, noise.at, logits.at, temperature.at, rows, cols),
    backward: (core, dy, y) =>
      kernelsOf(core).concreteDrawGradient(
        gradientOf(logits),
        gradientOf(temperature),
        dy,
        y,
        temperature.at,
        rows,
        cols,
      ),
  });
}

/** Density of y at y, of x at y, or of x at x: the forms of assembly/distributions/concrete.ts. */
export type Form = "log" | "simplexAtLog" | "simplex";
const FORMS: Record<Form, number> = { log: 0, simplexAtLog: 1, simplex: 2 };

/** The Concrete log-density of values that stretch to [...leading, cols]: [...leading]. */
export function concreteLogProb(
  form: Form,
  leading: Shape,
  cols: number,
  all: { readonly value: Tensor; readonly logits: Tensor; readonly temperature: Tensor },
): Tensor {
  const value = expand(all.value, [...leading, cols]);
  const logits = expand(all.logits, [...leading, cols]);
  const temperature = expand(all.temperature, leading);
  const rows = sizeOf(leading);
  const at = [value.at, logits.at, temperature.at, rows, cols, FORMS[form]] as const;
  return apply({
    name: "concreteLogProb",
    inputs: { value, logits, temperature },
    shape: leading,
    forward: (core, out) => kernelsOf(core).concreteLogProb(out, ...at),
    backward: (core, d) => {
      const gradients = [gradientOf(value), gradientOf(logits), gradientOf(temperature)] as const;
      kernelsOf(core).concreteLogProbGradient(...gradients, d, ...at);
    },
  });
}

/** The entropy of y: [...batch]. */
export function concreteEntropy(batch: Shape, cols: number, logitsOfAll: Tensor, temperatureOfAll: Tensor): Tensor {
  const logits = expand(logitsOfAll, [...batch, cols]);
  const temperature = expand(temperatureOfAll, batch);
  const at = [logits.at, temperature.at, sizeOf(batch), cols] as const;
  return apply({
    name: "concreteEntropy",
    inputs: { temperature },
    shape: batch,
    forward: (core, out) => kernelsOf(core).concreteEntropy(out, ...at),
    backward: (core, d) => kernelsOf(core).concreteEntropyGradient(gradientOf(temperature), d, ...at),
  });
}

/** Exactly one-hot rows, the largest of `scores`, with the gradient of the relaxed sample: Jang, Gu, Poole 2017, 2.2. */
export function straightThrough(relaxed: Tensor, scores: Tensor): Tensor {
  const { shape } = relaxed;
  const cols = shape.at(-1) as number;
  return apply({
    name: "straightThrough",
    inputs: { relaxed },
    reads: { scores },
    shape,
    forward: ({ kernels }, out) => kernels.selectOneHot(out, scores.at, relaxed.size / cols, cols),
    backward: ({ kernels }, d) => kernels.accumulate(gradientOf(relaxed), d, 1, relaxed.size),
  });
}

/** The same for single numbers: 1 where the log-odds are above 0. */
export function straightThroughSign(relaxed: Tensor, logit: Tensor): Tensor {
  const zero = tensor(new Float32Array(logit.size));
  return apply({
    name: "straightThrough",
    inputs: { relaxed },
    reads: { logit },
    shape: relaxed.shape,
    forward: (core, out) => kernelsOf(core).bernoulliSampleForward(out, logit.at, zero.at, relaxed.size),
    backward: ({ kernels }, d) => kernels.accumulate(gradientOf(relaxed), d, 1, relaxed.size),
  });
}
