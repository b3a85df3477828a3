import { checkpointFamilies } from './checkpoint-families.ts';
import { hostFamilies } from './host-families.ts';
import type { Series } from './series.ts';
import { vmFamilies } from './vm-families.ts';

/** One line of a family: its labels, escaped, and its value. */
export type Sample = readonly [labels: string, value: number];

/** A metric made from the inventory: what it is called, what it says, and where its samples come from. All are gauges. */
export interface Family {
  readonly name: string;
  readonly help: string;
  /** In the order in which they are written. */
  readonly labels: readonly string[];
  samples(series: Series): Iterable<Sample>;
}

/** Every metric made from the inventory, in the order of the exposition. The documentation is made from this list. */
export const INVENTORY_FAMILIES: readonly Family[] = [...hostFamilies, ...vmFamilies, ...checkpointFamilies];
