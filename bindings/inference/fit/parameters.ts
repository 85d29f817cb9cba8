import { ArgumentError } from "../../core/index.ts";
import type { Parameters } from "../../graph/index.ts";
import type { Guide } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";

/** All that a fit changes, by name. */
export function parametersOf(model: Model<never>, guide: Guide<never>): Parameters {
  const prefixed = (prefix: string, parameters: Parameters) =>
    Object.entries(parameters).map(([name, parameter]) => [`${prefix}.${name}`, parameter] as const);
  const own = new Set(Object.values(model.parameters));
  return Object.fromEntries([
    ...prefixed("model", model.parameters),
    // What both are made of is learned once.
    ...prefixed("guide", guide.parameters).filter(([, parameter]) => !own.has(parameter)),
  ]);
}

/** Which gradient is not finite. */
export function nonFinite(parameters: Parameters): ArgumentError {
  for (const [name, parameter] of Object.entries(parameters)) {
    const gradient = parameter.grad();
    const wrong = gradient.findIndex((each) => !Number.isFinite(each));
    if (wrong >= 0)
      return new ArgumentError(
        `gradient of ${name}`,
        "finite numbers",
        `${gradient[wrong]} at element ${wrong} of [${parameter.shape.join(", ")}]`,
      );
  }
  return new ArgumentError("gradient", "a norm that is a finite number", "Infinity, of finite elements");
}
