/** What the page is made of, for Markdown and HTML alike. Texts may have `code` and nothing else. */
export type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: "figure"; readonly file: string; readonly alt: string; readonly svg: string };

/** Three digits: 0.451, 12.3, 2.4e-5; 0 of what is below 1e-12, as measures are of float32 logits. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-12) return "0";
  if (size < 1e-3 || size >= 1e5) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

export const toMarkdown = (blocks: readonly Block[], images: string): string =>
  blocks
    .map((block) => {
      if (block.type === "text") return block.text;
      if (block.type === "figure") return `![${block.alt}](${images}/${block.file})`;
      const { head, rows } = block;
      return [head, head.map((_, i) => (i === 0 ? ":--" : "--:")), ...rows]
        .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
        .join("\n");
    })
    .join("\n\n");

export const toHtml = (blocks: readonly Block[]): string =>
  blocks
    .map((block) => {
      if (block.type === "text") return `<p>${inline(block.text)}</p>`;
      if (block.type === "figure") return `<figure>${block.svg}</figure>`;
      const row = (cells: readonly string[], tag: string): string =>
        `<tr>${cells.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join("")}</tr>`;
      return `<div class="wide"><table>${row(block.head, "th")}${block.rows.map((each) => row(each, "td")).join("\n")}</table></div>`;
    })
    .join("\n");

const inline = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/`([^`]+)`/g, "<code>$1</code>");
