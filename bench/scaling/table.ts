import { digits, duration } from "../format.ts";
import type { Constants } from "./constants.ts";
import type { Choice, Curve, Point } from "./study.ts";
import { machine, settings, WORKERS, workloads } from "./workloads.ts";

const row = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
const head = (texts: readonly string[], words: number): string =>
  [row(texts), row(texts.map((_, i) => (i < words ? ":--" : "--:")))].join("\n");

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const lost = ({ loss }: Point): string => (loss.cause === "none" ? "" : `${loss.cause} ${percent(loss.share)}`);

/** Half of the time is of use: the last number of workers of the table for which it is. */
const half = (points: readonly Point[]): string =>
  String(points.filter(({ efficiency }) => efficiency >= 0.5).at(-1)?.workers ?? "none");

function unit(value: number, name: string): string {
  if (name === "s") return duration(value * 1e9);
  if (name === "B/s") return `${digits(value / 1e6)} MB/s`;
  return name === "B" ? `${value.toLocaleString("en")} bytes` : `${digits(value)} a second`;
}

export function constantsTable({ numbers, jitter, date, machine }: Constants): string {
  const { quantiles, count, source } = jitter;
  const at = (part: number): string => `${quantiles[Math.round(part * (quantiles.length - 1))].toFixed(2)}×`;
  return [
    head(["", "", "", "by"], 1),
    ...Object.values(numbers).map((each) =>
      row([each.what, unit(each.value, each.unit), `**${each.kind}**`, each.source]),
    ),
    row([
      `equal shards over their median, ${count} of them: least, quartiles, greatest`,
      [0, 0.25, 0.75, 1].map(at).join(", "),
      "**measured**",
      source,
    ]),
    "",
    `${machine}; ${date}.`,
  ].join("\n");
}

/** Of each workload: time, speed-up, cost over one worker, and what takes most away. */
export function curvesTable(curves: readonly Curve[], constants: Constants): string {
  const titles = new Map(settings(constants).map(({ id, title }) => [id, title]));
  return workloads(constants)
    .map(({ id, title, unit: each }) => {
      const shown = curves.filter(({ workload, setting }) => workload === id && titles.has(setting));
      const names = shown.flatMap(({ setting }) => [
        `${titles.get(setting)}: ${each}`,
        "speed-up",
        "cost",
        "most lost to",
      ]);
      return [
        `**${title}**`,
        "",
        head(["workers", ...names], 0),
        ...WORKERS.map((workers, i) =>
          row([
            String(workers),
            ...shown.flatMap(({ points }) => {
              const { time, speedup, cost } = points[i];
              return [duration(time * 1e9), `${digits(speedup)}×`, `${digits(cost)}×`, lost(points[i])];
            }),
          ]),
        ),
      ].join("\n");
    })
    .join("\n\n");
}

export const choicesTable = (choices: readonly Choice[]): string =>
  [
    head(["", "workers", "choice", "a message's round", "speed-up", "efficiency", "most lost to"], 1),
    ...choices.map(({ title, workers, choice, point }) =>
      row([
        title,
        String(workers),
        choice,
        duration(point.time * 1e9),
        `${digits(point.speedup)}×`,
        percent(point.efficiency),
        lost(point),
      ]),
    ),
  ].join("\n");

/** Up to how many workers half of their time is of use, and what is in the way at the next. */
export function summaryTable(curves: readonly Curve[], constants: Constants): string {
  const all = settings(constants);
  return [
    head(["", ...all.map(({ title }) => title)], 1),
    ...workloads(constants).map(({ id, title }) =>
      row([
        title,
        ...all.map(({ id: setting }) => {
          const { points } = curves.find((each) => each.workload === id && each.setting === setting) as Curve;
          const next = points.find(({ efficiency }) => efficiency < 0.5);
          return `${half(points)}${next ? `, then ${next.loss.cause}` : ""}`;
        }),
      ]),
    ),
  ].join("\n");
}

/** Of one machine: what can be compared with a run on two cores. */
export function machineTable(curves: readonly Curve[], constants: Constants): string {
  const shown = WORKERS.filter((workers) => workers <= 16);
  return [
    head(["", "", ...shown.map(String)], 2),
    ...workloads(constants).flatMap(({ id, title }) =>
      machine(constants).map((setting) => {
        const { points } = curves.find(
          ({ workload, setting: each }) => workload === id && each === setting.id,
        ) as Curve;
        return row([
          title,
          setting.title,
          ...points.slice(0, shown.length).map(({ speedup }) => `${digits(speedup)}×`),
        ]);
      }),
    ),
  ].join("\n");
}
