import { type ExceptionRef, exceptedFindings, type Finding } from './finding.ts';

/** An exception and what it covers of one thing. */
export interface Covering {
  readonly exception: ExceptionRef;
  /** Whose it is: as the exception says, else as the checkpoint or the VM says. */
  readonly owner: string | null;
  /** Never empty. */
  readonly findings: readonly Finding[];
}

/** The exceptions that cover any of these findings about one thing, in the order of the findings. */
export function coverings(findings: readonly Finding[]): readonly Covering[] {
  const byException = Map.groupBy(exceptedFindings(findings), ({ exception }) => JSON.stringify(exception));
  return [...byException.values()].flatMap((covered): readonly Covering[] => {
    const exception = covered[0]?.exception ?? null;
    if (exception === null) return [];
    const owner = exception.owner ?? covered.find((each) => each.owner !== null)?.owner ?? null;
    return [{ exception, owner, findings: covered }];
  });
}

/** Who is responsible for a thing, as far as anything that was found about it says; `null` when nobody is named. */
export function ownerOf(findings: readonly Finding[]): string | null {
  return findings.find(({ owner }) => owner !== null)?.owner ?? null;
}
