import { foldCase } from '../../wildcard.ts';

/** Whether several things have a name, whatever its case. */
export function sharedNames(names: readonly string[]): (name: string) => boolean {
  const counts = Map.groupBy(names, foldCase);
  return (name) => (counts.get(foldCase(name))?.length ?? 0) > 1;
}
