/**
 * The text of a document with `content` between its lines <!-- NAME:start --> and <!-- NAME:end -->.
 *
 * @throws Error when it has not both, in this order
 */
export function fill(text: string, name: string, content: string): string {
  const [from, to] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`expected the lines ${from} and ${to}, in this order`);
  return `${text.slice(0, start + from.length)}\n${content}\n${text.slice(end)}`;
}
