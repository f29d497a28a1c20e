import { HISTORY_MS, type Sample } from "./rate-history";

/** The size of a sparkline, in pixels. */
export const WIDTH = 60;
export const HEIGHT = 16;

// The margin that keeps a line within the picture.
const MARGIN = 1;

/**
 * Returns the points of an SVG polyline for the rates of the last two minutes, on a scale from 0 to the largest rate, at least 1
 * per second. Each rate is a level line over its period, so a time without replies shows its mean rate.
 */
export function sparkline(samples: readonly Sample[], now: number): string {
  let largest = 1;
  for (const { rate } of samples) if (rate > largest) largest = rate;
  const x = (time: number) => Math.max(0, Math.round(WIDTH * (1 - (now - time) / HISTORY_MS)));
  const y = (rate: number) => Math.round((HEIGHT - MARGIN - (rate / largest) * (HEIGHT - 2 * MARGIN)) * 10) / 10;
  const points: string[] = [];
  let open: { readonly level: number; readonly to: number } | undefined;
  for (const { from, to, rate } of samples) {
    const level = y(rate);
    if (open?.level !== level) {
      if (open) points.push(`${open.to},${open.level}`);
      points.push(`${x(from)},${level}`);
    }
    open = { level, to: x(to) };
  }
  if (open) points.push(`${open.to},${open.level}`);
  return points.join(" ");
}
