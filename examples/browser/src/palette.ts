export interface Palette {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly ink: string;
  readonly categories: readonly [string, string, string];
}

/** The colours of the style sheet, light or dark as the system asks. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read("text"),
    faint: read("faint"),
    line: read("line"),
    ink: read("ink"),
    categories: [read("a"), read("b"), read("c")],
  };
}
