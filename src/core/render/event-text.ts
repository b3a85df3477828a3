import type { ChangeNotification } from '../alert/alert.ts';
import { type CollectError, errorInfo } from '../collect-error.ts';
import { errorText } from '../coverage.ts';
import { formatInstant } from './instant-text.ts';
import { plainText } from './plain-text.ts';

const NAME_LENGTH = 120;
const TEXT_LENGTH = 1000;

/** What the event log says of an alert that is new, worse or over. One line. */
export function alertEventText({ reason, alert: { finding, startedAt } }: ChangeNotification): string {
  const { host, message, advice, owner } = finding;
  const what = plainText(message, TEXT_LENGTH);
  const where = plainText(host, NAME_LENGTH);
  if (reason === 'resolved') {
    return `Resolved on ${where}, known since ${formatInstant(startedAt, null)}. It was: ${what}`;
  }
  const whose = owner === null ? '' : ` Owner: ${plainText(owner, NAME_LENGTH)}.`;
  return `${reason === 'worse' ? 'Worse' : 'New'} on ${where}: ${what}${toDo(advice)}${whose}`;
}

/** What the event log says of a host that was not read. One line. */
export function scanFailedText(host: string, error: CollectError): string {
  const { code, target } = error;
  const about = target === null ? '' : `, ${plainText(target, NAME_LENGTH)}`;
  const why = plainText(errorText(error), TEXT_LENGTH);
  return `${plainText(host, NAME_LENGTH)} was not read: ${why}${about} [${code}].${toDo(errorInfo(code).advice)}`;
}

function toDo(advice: string): string {
  return advice === '' ? '' : ` What to do: ${plainText(advice, TEXT_LENGTH)}`;
}
