import { svg } from "./elements.ts";
import { TAU } from "./settings.ts";

export interface Line {
  /** Over the temperatures of the sweep. */
  readonly points: readonly { readonly tau: number; readonly value: number }[];
  /** The value at the temperature of the page. */
  readonly now: { readonly tau: number; readonly value: number };
  /** Upper end of the scale, and its ticks. */
  readonly most: number;
  readonly ticks: readonly number[];
  /** A constant to compare with, and its name. */
  readonly level?: { readonly value: number; readonly name: string };
  /** Where the curve leaves room for the value. */
  readonly side: "left" | "right";
  /** For those who cannot see the chart. */
  readonly description: string;
}

const SIZE = { width: 260, height: 184 } as const;
const BOX = { left: 26, right: 6, top: 10, bottom: 22 } as const;
const TICKS = [0.02, 0.1, 0.5, 2, 10] as const;

/** A curve over the temperature, which has a logarithmic scale. */
export function showLine(chart: SVGElement, { points, now, most, ticks, level, side, description }: Line): void {
  const width = SIZE.width - BOX.left - BOX.right;
  const height = SIZE.height - BOX.top - BOX.bottom;
  const x = (tau: number): number => BOX.left + (width * Math.log(tau / TAU.least)) / Math.log(TAU.most / TAU.least);
  const y = (value: number): number => BOX.top + height * (1 - Math.min(value, most) / most);
  const path = points.map(({ tau, value }, i) => `${i === 0 ? "M" : "L"}${x(tau).toFixed(1)} ${y(value).toFixed(1)}`);
  const right = SIZE.width - BOX.right;
  chart.setAttribute("viewBox", `0 0 ${SIZE.width} ${SIZE.height}`);
  chart.setAttribute("aria-label", description);
  chart.replaceChildren(
    ...ticks.flatMap((value) => [
      svg("path", { class: "grid", d: `M${BOX.left} ${y(value)}H${right}` }),
      svg("text", { class: "tick", x: BOX.left - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)),
    ]),
    ...TICKS.map((tau) =>
      svg("text", { class: "tick", x: x(tau), y: SIZE.height - 6, "text-anchor": "middle" }, String(tau)),
    ),
    svg("text", { class: "axis", x: right, y: SIZE.height - 6, "text-anchor": "end" }, "τ"),
    svg("path", { class: "now", d: `M${x(now.tau)} ${BOX.top}V${BOX.top + height}` }),
    ...(level
      ? [
          svg("path", { class: "level", d: `M${BOX.left} ${y(level.value)}H${right}` }),
          svg("text", { class: "level", x: right, y: y(level.value) - 4, "text-anchor": "end" }, level.name),
        ]
      : []),
    svg("path", { class: "curve", d: path.join("") }),
    svg("circle", { class: "now", cx: x(now.tau), cy: y(now.value), r: 4 }),
    label(now.value, x(now.tau), y(now.value), side),
  );
}

/** Above the point, on the side asked for unless the chart ends there. */
function label(value: number, x: number, y: number, side: "left" | "right"): SVGElement {
  const isLeft = x > SIZE.width - LABEL || (side === "left" && x > BOX.left + LABEL);
  const attributes = { x: x + (isLeft ? -7 : 7), y: Math.max(y - 7, 12), "text-anchor": isLeft ? "end" : "start" };
  return svg("text", { class: "value", ...attributes }, value.toFixed(3));
}

/** Width of a value. */
const LABEL = 45;
