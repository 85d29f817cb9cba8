/** The house style of the pictures: fixed colours on a light card, as an image on GitHub does not know the theme around it. */

export const CARD = "#f6f8fa";
const BORDER = "#d0d7de";
export const GRID = "#d8dee4";
export const TEXT = "#1f2328";
export const FAINT = "#59636e";
export const BLUE = "#0969da";
export const ORANGE = "#bc4c00";

export const MARGIN = 16;

/** Of a character at the sizes that are used here, on the wide side: a font is not known before it is drawn. */
export const CHARACTER = 6.3;

export const longest = (texts: readonly string[]): number =>
  CHARACTER * Math.max(0, ...texts.map(({ length }) => length));

/** A whole picture; `label` is what a screen reader says. */
export const card = (width: number, height: number, label: string, content: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" font-size="12" role="img" aria-label="${escapeXml(label)}">
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${CARD}" stroke="${BORDER}"/>
${content.join("\n")}
</svg>
`;

export interface TextStyle {
  readonly fill: string;
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: "middle" | "end";
  /** Degrees, about the point of the text. */
  readonly rotate?: number;
}

export function text(x: number, y: number, content: string, { fill, size, weight, anchor, rotate }: TextStyle): string {
  const attributes = Object.entries({
    "font-size": size,
    "font-weight": weight,
    "text-anchor": anchor,
    transform: rotate === undefined ? undefined : `rotate(${rotate} ${fixed(x)} ${fixed(y)})`,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="${fill}"${attributes}>${escapeXml(content)}</text>`;
}

export const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
  `<line x1="${fixed(x1)}" x2="${fixed(x2)}" y1="${fixed(y1)}" y2="${fixed(y2)}" stroke="${stroke}"/>`;

export const ring = (x: number, y: number, radius = 3.5): string =>
  `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${radius}" fill="${CARD}" stroke="${FAINT}" stroke-width="1.5"/>`;

export const dot = (x: number, y: number, fill: string): string =>
  `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="3.5" fill="${fill}"/>`;

const escapeXml = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export const fixed = (value: number): string => String(Math.round(value * 10) / 10);

/** From values to places, by their logarithms. */
export const logScale =
  (low: number, high: number, from: number, to: number) =>
  (value: number): number =>
    from + ((to - from) * Math.log(value / low)) / Math.log(high / low);

const STEPS = [1, 2, 5];

/** 1, 2, 5, 10, ... from the last below all values to the first above them. */
export function ticksAround(values: readonly number[]): number[] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const first = Math.floor(Math.log10(least));
  const decades = Array.from({ length: Math.ceil(Math.log10(greatest)) - first + 2 }, (_, i) => first + i);
  const all = decades.flatMap((power) => STEPS.map((step) => Number(`${step}e${power}`)));
  const last = all.findIndex((tick) => tick >= greatest);
  return all.slice(
    all.findLastIndex((tick) => tick <= least),
    last + 1,
  );
}

/** Where ticks would run into one another, only the powers of 10. */
export const thinned = (ticks: readonly number[], most: number): number[] =>
  ticks.length > most ? ticks.filter((tick) => Number.isInteger(Math.log10(tick))) : [...ticks];
