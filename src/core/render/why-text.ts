import { type Covering, coverings } from '../covering.ts';
import { activeFindings, type Finding } from '../finding.ts';
import type { Instant } from '../model.ts';
import { reasons } from '../trouble.ts';
import { DAY_MS, MINUTE_MS } from '../units.ts';
import { formatInstant } from './instant-text.ts';
import { plainText } from './plain-text.ts';

const REASON_LENGTH = 100;
const OWNER_LENGTH = 64;

/**
 * The WHY column: the reasons of all findings about one thing, each once, and last what exceptions cover:
 * `excepted until 2026-12-31: training image (j.doe)`. Where that is not all there is, it is said what is covered.
 * @param utcOffsetMin of the host: days are its days
 */
export function whyText(findings: readonly Finding[], utcOffsetMin: number | null): string {
  const active = reasons(activeFindings(findings));
  const covered = coverings(findings);
  const isAll = active === '' && covered.length === 1;
  const texts = covered.map((each) =>
    isAll ? coveringText(each, utcOffsetMin) : withWhat(each, utcOffsetMin),
  );
  return [active, ...texts].filter((text) => text !== '').join('; ');
}

/** What exceptions cover of one thing, and until when: `older than 7d excepted until 2026-12-31: training image (j.doe)`. */
export function exceptedText(findings: readonly Finding[], utcOffsetMin: number | null): string {
  return coverings(findings)
    .map((each) => withWhat(each, utcOffsetMin))
    .join('; ');
}

/** The last day of an exception on the host's calendar, such as `2026-12-31`; a moment within a day has its time too. */
export function untilText(untilAt: Instant, utcOffsetMin: number | null): string {
  const localAt = untilAt + (utcOffsetMin ?? 0) * MINUTE_MS;
  // The end of a day is the midnight that begins the next.
  return localAt % DAY_MS === 0 ? dayText(localAt - DAY_MS) : formatInstant(untilAt, utcOffsetMin);
}

/** `2026-12-31`, of a moment that was moved to its place's clock. Never throws. */
export function dayText(localAt: Instant): string {
  return formatInstant(localAt, null).replace(/ \d\d:\d\d UTC$/, '');
}

/** Commas between what is covered together: semicolons part it from the rest. */
function withWhat(covering: Covering, utcOffsetMin: number | null): string {
  const what = [...new Set(covering.findings.map(({ reason }) => reason))].join(', ');
  return `${what} ${coveringText(covering, utcOffsetMin)}`;
}

function coveringText({ exception, owner }: Covering, utcOffsetMin: number | null): string {
  const who = owner === null ? '' : ` (${plainText(owner, OWNER_LENGTH)})`;
  const until = untilText(exception.untilAt, utcOffsetMin);
  return `excepted until ${until}: ${plainText(exception.reason, REASON_LENGTH)}${who}`;
}
