import { readFileSync } from "node:fs";
import { ArgumentError } from "reparam";

/**
 * The columns of a csv file beside this one, by the names in its first line: numbers only, no quotes.
 * @throws ArgumentError naming the file and its line when a value is no finite number or a row is too short or too long.
 */
export function readColumns<Name extends string>(file: string, names: readonly Name[]): Record<Name, number[]> {
  const [header, ...lines] = readFileSync(new URL(file, import.meta.url), "utf8")
    .trim()
    .split(/\r?\n/);
  if (header !== names.join(",")) throw new ArgumentError(file, `the header ${names.join(",")}`, String(header));
  const columns = names.map((): number[] => []);
  lines.forEach((line, row) => {
    const values = line.split(",").map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
    if (values.length !== names.length || !values.every(Number.isFinite)) {
      throw new ArgumentError(`${file} line ${row + 2}`, `${names.length} numbers`, line);
    }
    values.forEach((value, at) => {
      columns[at]?.push(value);
    });
  });
  return Object.fromEntries(names.map((name, at) => [name, columns[at]])) as Record<Name, number[]>;
}
