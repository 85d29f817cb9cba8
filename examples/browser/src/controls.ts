import { byId } from "./elements.ts";
import { COUNTS, type Settings, stepOf, tauAt } from "./settings.ts";

const names = ["a", "b", "c", "tau", "n", "seed", "hard"] as const;

/** Shows settings in the form, and tells of those that a user makes in it. */
export class Controls {
  readonly #inputs = Object.fromEntries(names.map((name) => [name, byId(name)])) as Record<
    (typeof names)[number],
    HTMLInputElement
  >;

  constructor(change: (settings: Partial<Settings>) => void) {
    const { a, b, c, tau, n, seed, hard } = this.#inputs;
    const logits = () => change({ logits: [a.valueAsNumber, b.valueAsNumber, c.valueAsNumber] });
    for (const input of [a, b, c]) input.addEventListener("input", logits);
    tau.addEventListener("input", () => change({ tau: tauAt(tau.valueAsNumber) }));
    n.addEventListener("input", () => change({ n: COUNTS[n.valueAsNumber] }));
    seed.addEventListener("input", () => {
      if (seed.reportValidity()) change({ seed: seed.valueAsNumber, draw: 0 });
    });
    hard.addEventListener("change", () => change({ hard: hard.checked }));
    byId("controls").addEventListener("submit", (event) => event.preventDefault());
  }

  show({ logits, tau, n, seed, draw, hard }: Settings): void {
    (["a", "b", "c"] as const).forEach((name, k) => {
      this.#slide(name, logits[k], `${logits[k] < 0 ? "−" : ""}${Math.abs(logits[k]).toFixed(1)}`);
    });
    this.#slide("tau", stepOf(tau), String(tau));
    this.#slide("n", (COUNTS as readonly number[]).indexOf(n), n.toLocaleString("en").replace(",", "\u202f"));
    if (this.#inputs.seed.valueAsNumber !== seed) this.#inputs.seed.valueAsNumber = seed;
    byId("draw").textContent = `draw ${draw + 1}`;
    this.#inputs.hard.checked = hard;
  }

  /** A screen reader says what stands beside the slider, not the number of its step. */
  #slide(name: (typeof names)[number], value: number, text: string): void {
    const input = this.#inputs[name];
    if (input.valueAsNumber !== value) input.valueAsNumber = value;
    input.setAttribute("aria-valuetext", text);
    (input.nextElementSibling as HTMLOutputElement).textContent = text;
  }
}
