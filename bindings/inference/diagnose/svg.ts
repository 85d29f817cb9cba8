/** A light card of its own, so that it can be read on a light page and on a dark one. */
export const CARD = "#f6f8fa";
const BORDER = "#d0d7de";
export const GRID = "#d8dee4";
export const TEXT = "#1f2328";
export const FAINT = "#59636e";
export const BLUE = "#0969da";
export const ORANGE = "#bc4c00";

const FONT = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif";

/** Of a character at size 12, on the wide side: a font is not known before it is drawn. */
export const CHARACTER = 6.6;

/** A whole picture; `label` is what a screen reader says. */
export const card = (width: number, height: number, label: string, content: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="12" role="img" aria-label="${escapeXml(label)}">
<title>${escapeXml(label)}</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${CARD}" stroke="${BORDER}"/>
${content.join("\n")}
</svg>
`;

export function text(
  x: number,
  y: number,
  content: string,
  { fill = TEXT, ...rest }: { readonly fill?: string; readonly [attribute: string]: string | number | undefined } = {},
): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="${fill}"${attributes(rest)}>${escapeXml(content)}</text>`;
}

export const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, width = 1): string =>
  `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${stroke}" stroke-width="${width}"/>`;

export const dot = (x: number, y: number, fill: string): string =>
  `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="4.5" fill="${fill}"/>`;

/** Hollow, with an arrow down: at most this. */
export const atMost = (x: number, y: number, stroke: string): string =>
  `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="4" fill="${CARD}" stroke="${stroke}" stroke-width="1.5"/>` +
  `<path d="M${fixed(x)} ${fixed(y + 5)}v13m-3.5 -4.5l3.5 4.5l3.5 -4.5" fill="none" stroke="${stroke}" stroke-width="1.5"/>`;

const attributes = (given: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(given)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${value}"`))
    .join("");

const escapeXml = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export const fixed = (value: number): string => String(Math.round(value * 10) / 10);
