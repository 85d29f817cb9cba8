import { join } from "node:path";
import { findChromium, load } from "./tools.ts";

/** What we use of puppeteer-core; its own types are not here before it is installed. */
interface Puppeteer {
  launch(options: object): Promise<Browser>;
}
interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
interface Page {
  on(event: "console", listener: (message: { text(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "response", listener: (response: { status(): number; url(): string }) => void): void;
  on(event: "requestfailed", listener: (request: { url(): string; failure(): { errorText: string } }) => void): void;
  goto(url: string): Promise<unknown>;
  addScriptTag(script: { content: string; type?: string }): Promise<unknown>;
}

const PATIENCE = 30_000;

/** A page at an address, or an empty one with a script. */
export type Content = { readonly url: string } | { readonly script: string };

/**
 * Opens a page in headless Chromium.
 *
 * @returns the first line of JSON that it writes on the console
 * @throws Error when an error comes first, or a file that it asks for does not exist; the signal's reason
 */
export async function open(
  content: Content,
  at: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<string> {
  at.signal.throwIfAborted();
  const browser = await load<Puppeteer>("puppeteer-core").launch({
    executablePath: findChromium(),
    headless: true,
    userDataDir: join(at.cwd, "chromium"),
    // Its sandbox refuses to work for root, which is who a container runs as.
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-quic", "--no-first-run"],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  try {
    const page = await browser.newPage();
    return await new Promise<string>((resolve, reject) => {
      stop = () => reject(at.signal.reason);
      at.signal.addEventListener("abort", stop);
      timer = setTimeout(() => reject(new Error(`no line on the console in ${PATIENCE / 1000} s`)), PATIENCE);
      page.on("console", (message) => {
        if (message.text().startsWith("{")) resolve(message.text());
      });
      page.on("pageerror", reject);
      page.on("response", (response) => {
        if (response.status() >= 400 && !response.url().endsWith("/favicon.ico"))
          reject(new Error(`${response.status()} ${response.url()}`));
      });
      page.on("requestfailed", (request) => reject(new Error(`${request.failure().errorText} ${request.url()}`)));
      const opening =
        "url" in content ? page.goto(content.url) : page.addScriptTag({ content: content.script, type: "module" });
      opening.catch(reject);
    });
  } finally {
    clearTimeout(timer);
    at.signal.removeEventListener("abort", stop);
    await browser.close();
  }
}
