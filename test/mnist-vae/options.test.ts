import { ArgumentError } from "reparam";
import { describe, expect, test } from "vitest";
import { parseOptions } from "../../examples/mnist-vae/options.ts";

describe("the command line", () => {
  test("has nothing given by default", () => {
    expect(parseOptions([])).toEqual({ given: {}, out: "out", json: false, help: false });
  });

  test("reads every flag, with a space or an equals sign", () => {
    const line =
      "--epochs 2 --batch=50 --piece 25 --hard --tau-min 0.25 --lr 3e-4 --seed 7 --out here --resume file --json";
    expect(parseOptions(line.split(" "))).toEqual({
      given: { epochs: 2, batch: 50, piece: 25, hard: true, tauMin: 0.25, rate: 3e-4, seed: 7 },
      out: "here",
      resume: "file",
      json: true,
      help: false,
    });
  });

  test("says who computes, which is no setting", () => {
    expect(parseOptions(["--workers", "2"])).toMatchObject({ given: {}, workers: 2 });
    const redis = "redis://127.0.0.1:6379";
    expect(parseOptions(["--redis", redis])).toMatchObject({ given: {}, redis, queue: undefined });
    expect(parseOptions(["--redis", redis, "--queue", "night"])).toMatchObject({ given: {}, redis, queue: "night" });
  });

  test("does not repeat an address, in which a password may be", () => {
    expect(() => parseOptions(["--redis", "http://:secret@host"])).toThrow(/^--redis: (?!.*secret)/);
  });

  test("resumes into the folder of the checkpoint, unless told otherwise", () => {
    expect(parseOptions(["--resume", "some/where/checkpoint.bin"]).out).toBe("some/where");
    expect(parseOptions(["--resume", "checkpoint.bin"]).out).toBe(".");
  });

  test.each([
    ["--epochs 0", "--epochs"],
    ["--epochs 1.5", "--epochs"],
    ["--epochs five", "--epochs"],
    ["--epochs", "--epochs"],
    ["--epochs --json", "--epochs"],
    ["--batch -1", "--batch"],
    ["--batch 1e9", "--batch"],
    ["--piece 0", "--piece"],
    ["--workers 0", "--workers"],
    ["--workers two", "--workers"],
    ["--workers", "--workers"],
    ["--redis", "--redis"],
    ["--redis localhost", "--redis"],
    ["--redis http://host", "--redis"],
    ["--redis redis://", "--redis"],
    ["--redis redis://host --workers 2", "--redis"],
    ["--queue night", "--queue"],
    ["--queue night --workers 2", "--queue"],
    ["--tau-min 0", "--tau-min"],
    ["--tau-min 1.01", "--tau-min"],
    ["--lr 0", "--lr"],
    ["--lr NaN", "--lr"],
    ["--lr ..", "--lr"],
    ["--lr Infinity", "--lr"],
    ["--seed -3", "--seed"],
    ["--seed 9007199254740993", "--seed"],
    ["--hard=yes", "--hard"],
    ["--epoch 3", "--epoch"],
    ["--no-hard", "--no-hard"],
    ["-e 3", "-e"],
    ["three", "three"],
    ["--out=", "--out"],
  ])("refuses %s, naming %s", (line, argument) => {
    const parse = () => parseOptions(line.split(" "));
    expect(parse).toThrow(ArgumentError);
    expect(parse).toThrow(expect.objectContaining({ argument }));
  });
});
