import type { Contender } from "./contenders";
import { median, spread } from "./statistics";

/** What one window told, as far as it was measured there. */
export interface Sample {
  /** Nanoseconds of CPU time of the process under test, a message. */
  readonly cpu?: number;
  /** Messages a second. */
  readonly rate?: number;
  /** The share that was lost, in percent. */
  readonly loss?: number;
  /** Microseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** Whatever else a case measures, in its own unit. */
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

/** Collects what is measured; windows that were measured one after the other in a round are compared with each other. */
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

  /** How many times as much as another: the median over the rounds, each compared within itself. */
  ratio(part: string, name: string, contender: string, other: string, measure: Measure): number {
    const own = valuesOf(this.find(part, name, contender), measure);
    const others = valuesOf(this.find(part, name, other), measure);
    return median(own.slice(0, others.length).map((value, round) => value / (others[round] ?? Number.NaN)));
  }
}

function valuesOf(result: Result | undefined, measure: Measure): readonly number[] {
  return (result?.samples ?? []).map((sample) => sample[measure]).filter((value) => value !== undefined);
}
