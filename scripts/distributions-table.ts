/**
 * tsx scripts/distributions-table.ts: what each family of reparam/distributions offers, as a table between the markers of
 * docs/distributions.md. Read off the classes: a family has what it has a method for.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fill } from "../bench/markers.ts";
import * as distributions from "../bindings/distributions/index.ts";
import { closedForms } from "../bindings/distributions/kl/forms.ts";
import { ESTIMATES } from "../bindings/distributions/kl/relaxed.ts";

type Class = abstract new (...args: never[]) => distributions.Sampleable;

const METHODS = ["rsample", "logProb", "cdf", "icdf", "mean", "variance", "mode", "entropy", "enumerateSupport"];

const isFamily = (value: unknown): value is Class =>
  typeof value === "function" && value.prototype instanceof distributions.Sampleable && !isBase(value);
const isBase = (value: unknown): boolean => BASES.has(value);
const BASES: ReadonlySet<unknown> = new Set([distributions.Distribution, distributions.Reparameterized]);

const GROUPS = { continuous: "Continuous", discrete: "Discrete", relaxed: "Relaxed", structures: "Relaxed structures" };

/** Folder of a family: where index.ts has it from. */
function folders(): Map<string, keyof typeof GROUPS> {
  const index = readFileSync(new URL("../bindings/distributions/index.ts", import.meta.url), "utf8");
  const exports = [...index.matchAll(/export \{([^}]*)\} from "\.\/(\w+)\/[^"]+"/g)];
  return new Map(
    exports.flatMap(([, names = "", folder]) =>
      names.split(",").map((name) => [name.trim(), folder as keyof typeof GROUPS] as const),
    ),
  );
}

function rowOf(name: string, family: Class): string {
  const forms = [...closedForms().map(([p, q]) => [p, q] as const), ...ESTIMATES.map(([p]) => [p, p] as const)];
  const others = forms.filter(([p]) => p === family || family.prototype instanceof p).map(([, q]) => q.name);
  const cells = METHODS.map((method) => (method in family.prototype ? "yes" : ""));
  return `| \`${name}\` | ${[...cells, others.sort().join(", ")].join(" | ")} |`;
}

/** The tables of all groups. */
export function renderTables(): string {
  const families = Object.entries(distributions as Record<string, unknown>).filter(([, value]) => isFamily(value));
  const folder = folders();
  return Object.entries(GROUPS)
    .map(([key, title]) => {
      const rows = families
        .filter(([name]) => folder.get(name) === key)
        .map(([name, family]) => rowOf(name, family as Class));
      const head = ["family", ...METHODS.map((method) => `\`${method}\``), "`klDivergence` to"];
      return [
        `### ${title}`,
        "",
        `| ${head.join(" | ")} |`,
        `|${head.map(() => "---|").join("")}`,
        ...rows.sort(),
      ].join("\n");
    })
    .join("\n\n");
}

export const withTables = (text: string): string => fill(text, "families", renderTables());

if (import.meta.filename === process.argv[1]) {
  const file = new URL("../docs/distributions.md", import.meta.url);
  writeFileSync(file, withTables(readFileSync(file, "utf8")));
}
