import { ERROR_CODES } from '../../collect-error.ts';

/** docs/errors.md, made from the table of error codes. */
export function errorsPage(): string {
  return [
    '# What can go wrong while looking',
    '',
    '<!-- Generated from src/core/error-codes by "npm run golden". Do not edit. -->',
    '',
    'Every failure to look has a code. It appears in the log, in the API and in recordings; `reason` is the label of',
    '`hyperv_checkpoint_scan_failures_total`. Nothing is resolved by a look that failed.',
    '',
    '| code | concerns | reason | meaning | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(ERROR_CODES).map(
      ([code, { scope, reason, meaning, advice }]) =>
        `| \`${code}\` | ${scope} | ${reason} | ${cell(meaning)} | ${cell(advice)} |`,
    ),
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
