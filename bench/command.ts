/** What the commands of bench/ have in common. */

/** Runs `main` as the command `name`: its code is the process's, its errors come with where to read on. */
export function run(name: string, main: () => Promise<number>): void {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: Error) => {
      console.error(`${error.message}\nSee ${name} -- --help`);
      process.exitCode = 1;
    },
  );
}

/** @throws Error when results cannot go to a file of this name: their charts stand beside it, as FILE.svg */
export function checkOut(file: string): string {
  if (!file.endsWith(".json")) throw new Error(`--out ${file}: expected a name that ends in .json`);
  return file;
}

/** @throws Error when --filter is no regular expression */
export function readPattern(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch (cause) {
    throw new Error(`--filter ${text}: expected a regular expression (${(cause as Error).message})`, { cause });
  }
}
