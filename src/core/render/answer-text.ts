import type { Answer, Question } from '../preflight/answer.ts';
import type { CheckVerdict } from '../preflight/check.ts';
import { count } from '../units.ts';
import { formatInstant } from './instant-text.ts';
import { padTo, plainText } from './plain-text.ts';

const NAME_LENGTH = 60;
const TEXT_LENGTH = 400;
const REASON_LENGTH = 200;

const WORDS: Readonly<Record<CheckVerdict, string>> = {
  no: 'no',
  unknown: 'not known',
  caution: 'caution',
  yes: 'yes',
};

const NO: Readonly<Record<Question, string>> = { preflight: 'no', postflight: 'not yet' };
const YES: Readonly<Record<Question, string>> = { preflight: 'yes', postflight: 'yes, gone and merged' };

/** The answer as people read it: the verdict on one line, then each check on one, the worst first, and last of when it is. */
export function answerText(answer: Answer): string {
  const width = Math.max(0, ...answer.checks.map(({ id }) => id.length));
  const checks = answer.checks.map(
    ({ id, verdict, text }) =>
      `  ${padTo(WORDS[verdict], 9)}  ${padTo(id.replace('-', ' '), width)}  ${plainText(text, TEXT_LENGTH)}`,
  );
  return `${[firstLine(answer), ...checks, ...readLine(answer)].join('\n')}\n`;
}

function firstLine(answer: Answer): string {
  return `${plainText(answer.name, NAME_LENGTH)}: ${verdictText(answer)}`;
}

function verdictText({ question, verdict, reason, moreReasons, cautions }: Answer): string {
  if (verdict === 'yes')
    return `${YES[question]}${cautions === 0 ? '' : `, with ${count(cautions, 'caution')}`}`;
  const more = moreReasons === 0 ? '' : ` (and ${moreReasons} more)`;
  const word = verdict === 'no' ? NO[question] : 'not known';
  return `${word}: ${plainText(reason ?? '', REASON_LENGTH)}${more}`;
}

function readLine({ host, readAt }: Answer): readonly string[] {
  return host === null || readAt === null
    ? []
    : [`As read from ${plainText(host)} at ${formatInstant(readAt, null)}.`];
}
