const MONTHS: readonly string[] = [
  'january|januar|j[äa]nner|jaenner|jan|jän',
  'february|februar|feb',
  'march|märz|maerz|mar|mär|mrz',
  'april|apr',
  'may|mai',
  'june|juni|jun',
  'july|juli|jul',
  'august|aug',
  'september|sept|sep',
  'october|oktober|oct|okt',
  'november|nov',
  'december|dezember|dec|dez',
];

/** English and German names of months and their abbreviations, for an expression that ignores case. */
export const MONTH = MONTHS.join('|');

const NUMBERED = MONTHS.map((names) => new RegExp(`^(?:${names})$`, 'i'));

/** 1 to 12, for a name that `MONTH` matches. */
export function monthNumber(name: string): number {
  return NUMBERED.findIndex((names) => names.test(name)) + 1;
}

const WEEKDAYS = [
  'monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thu(?:rs)?|fri|sat|sun',
  'montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so',
];

/** The same of the days of the week, of which nothing is made. */
export const WEEKDAY = WEEKDAYS.join('|');
