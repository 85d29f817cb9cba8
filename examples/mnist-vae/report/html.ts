import { contactSheet } from "./png.ts";

/** A section of the page: a heading, a paragraph that says what one sees, the figure itself. Arguments are HTML. */
export function section(id: string, title: string, caption: string, figure: string): string {
  return `<section id="${id}">
<h2>${title}</h2>
<p class="caption">${caption}</p>
<div class="figure">${figure}</div>
</section>`;
}

/** Images as one picture, `scale` screen pixels a pixel at most. */
export function picture(images: readonly Float32Array[], columns: number, scale: number, alt: string): string {
  const { uri, width, height } = contactSheet(images, columns);
  return `<img class="digits" src="${uri}" width="${width * scale}" height="${height * scale}" alt="${alt}">`;
}

/** Nats, shares and the like, rounded for reading. */
export function decimals(value: number, digits: number): string {
  return value.toFixed(digits);
}
