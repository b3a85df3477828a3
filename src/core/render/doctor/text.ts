import { DOCTOR_VERDICTS, type DoctorVerdict } from '../../doctor/check.ts';
import type { DoctorReport, DoctorResult } from '../../doctor/index.ts';
import { count } from '../../units.ts';
import { formatInstant } from '../instant-text.ts';
import { padTo, plainText } from '../plain-text.ts';

const TEXT_LENGTH = 1000;
const DETAIL_LENGTH = 500;

const WORDS: Readonly<Record<DoctorVerdict, string>> = {
  problem: 'problem',
  unknown: 'not known',
  warning: 'warning',
  ok: 'ok',
};

/** Puts a verdict and its text into the colour of its severity, or not. */
export type PaintVerdict = (verdict: DoctorVerdict, text: string) => string;

/** What the checks found, the worst first, each with what mends it; last what it all comes to. */
export function doctorText(report: DoctorReport, paint: PaintVerdict = (_, text) => text): string {
  const { results, notApplicable, version, at, utcOffsetMin } = report;
  const width = Math.max(0, ...results.map(({ name }) => name.length));
  return [
    `checkpoint-agent ${version}, looked at ${formatInstant(at, utcOffsetMin)}`,
    '',
    ...results.flatMap((result) => resultLines(result, width, paint)),
    '',
    ...(notApplicable.length === 0
      ? []
      : [`Not applicable here (Windows only): ${notApplicable.join(', ')}.`]),
    `${totalText(results)}.`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function resultLines(
  { name, verdict, text, advice, details }: DoctorResult,
  width: number,
  paint: PaintVerdict,
): readonly string[] {
  const margin = ' '.repeat(2 + 9 + 2 + width + 2);
  return [
    `  ${paint(verdict, padTo(WORDS[verdict], 9))}  ${padTo(name, width)}  ${plainText(text, TEXT_LENGTH)}`,
    ...details.map((line) => `${margin}- ${plainText(line, DETAIL_LENGTH)}`),
    ...(advice === null ? [] : [`${margin}→ ${plainText(advice, TEXT_LENGTH)}`]),
  ];
}

function totalText(results: readonly DoctorResult[]): string {
  const parts = DOCTOR_VERDICTS.flatMap((verdict) => {
    const many = results.filter((result) => result.verdict === verdict).length;
    if (many === 0) return [];
    return [
      verdict === 'problem' || verdict === 'warning' ? count(many, verdict) : `${many} ${WORDS[verdict]}`,
    ];
  });
  return parts.join(', ');
}
