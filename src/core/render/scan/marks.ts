import type { Severity } from '../../severity.ts';

/** How bad it is, in the four columns that tables and trees have for it. */
export const MARKS: Readonly<Record<Severity, string>> = { critical: 'CRIT', warning: 'WARN', info: 'info' };
