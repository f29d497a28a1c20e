import { readdirSync, readFileSync } from "node:fs";

/** The files in a folder and the folders below it, by their paths. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** The first group of each match of a pattern. */
export function found(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([, part = ""]) => part);
}

/** The entries of a list that another list lacks. */
export function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((each) => !some.includes(each));
}

export function read(file: string): string {
  return readFileSync(file, "utf8");
}
