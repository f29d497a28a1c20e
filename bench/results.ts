import type { Contender } from "./contenders";
import { median, spread } from "./statistics";

/** The figures of one window, as far as they were measured. */
export interface Sample {
  /** Nanoseconds of CPU time of the process under test per message. */
  readonly cpu?: number;
  /** Messages per second. */
  readonly rate?: number;
  /** Percentage of datagrams that were lost. */
  readonly loss?: number;
  /** Percentiles of the latency in microseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** Another figure that a case measures, in its own unit. */
  readonly value?: number;
}

export type Measure = keyof Sample;

/** All the windows of one contender in one case. */
export interface Result {
  readonly part: string;
  readonly case: string;
  readonly contender: string;
  readonly samples: Sample[];
}

/** Collects the figures. Windows of the same round are compared with each other. */
export class Results {
  readonly all: Result[] = [];

  add(part: string, name: string, contender: string, sample: Sample): void {
    const known = this.find(part, name, contender);
    if (known) known.samples.push(sample);
    else this.all.push({ part, case: name, contender, samples: [sample] });
  }

  find(part: string, name: string, contender: string): Result | undefined {
    return this.all.find((each) => each.part === part && each.case === name && each.contender === contender);
  }

  median(part: string, name: string, contender: Contender | string, measure: Measure): number {
    return median(valuesOf(this.find(part, name, contender), measure));
  }

  spread(part: string, name: string, contender: Contender | string, measure: Measure): number {
    return spread(valuesOf(this.find(part, name, contender), measure));
  }

  /** Returns the ratio to another contender: the median of the ratios of each round. */
  ratio(part: string, name: string, contender: string, other: string, measure: Measure): number {
    const own = valuesOf(this.find(part, name, contender), measure);
    const others = valuesOf(this.find(part, name, other), measure);
    return median(own.slice(0, others.length).map((value, round) => value / (others[round] ?? Number.NaN)));
  }
}

function valuesOf(result: Result | undefined, measure: Measure): readonly number[] {
  return (result?.samples ?? []).map((sample) => sample[measure]).filter((value) => value !== undefined);
}
