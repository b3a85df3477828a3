import { isoJson } from '../../core/render/scan/json.ts';
import { type StateContents, stateContents } from '../../store/contents.ts';
import { readState } from '../../store/inspect.ts';
import { ownPart } from './anonymous-facts.ts';
import { anonymousReading } from './anonymous-reading.ts';
import { jsonPart, leftOut, type Part } from './part.ts';
import type { PartContext } from './parts.ts';

/** What is kept in the state: counts, the last reports unless one was read just now, and mails when they are wanted. */
export function stateParts(context: PartContext, hasReport: boolean): readonly Part[] {
  const { gathered, options } = context;
  const { state } = gathered.facts;
  const isLocked = state.known ? state.value.isLocked : null;
  const read = readState(gathered.stateDir, isLocked, (db) => stateContents(db, options.withMails));
  if (!read.ok) {
    const names = hasReport ? 'state.json' : 'state.json, reading.json';
    return [leftOut(names, `the database could not be read: ${read.why}`), ...mailParts(null, context)];
  }
  return [
    countsPart(read.value, context),
    ...(hasReport ? [] : readingParts(read.value, context)),
    ...mailParts(read.value.mails, context),
  ];
}

function countsPart({ schemaVersion, alerts, outbox }: StateContents, { options }: PartContext): Part {
  const { oldestAt, nextAttemptAt, lastFailures } = outbox;
  return jsonPart('state.json', 'how many alerts and mails are kept', {
    schemaVersion,
    alerts,
    outbox: {
      ...outbox,
      oldestAt: isoJson(oldestAt),
      nextAttemptAt: isoJson(nextAttemptAt),
      lastFailures: options.anonymise ? lastFailures.map(ownPart) : lastFailures,
    },
  });
}

function readingParts({ reports }: StateContents, { options, aliases }: PartContext): readonly Part[] {
  if (reports.length === 0) return [leftOut('reading.json', 'no report is kept yet')];
  return reports.map((reading, index) =>
    jsonPart(
      index === 0 ? 'reading.json' : `reading-${index + 1}.json`,
      'the last report of a host that was kept, as the agent understood it',
      {
        schema: 1,
        kind: 'hyperv.reading',
        reading: options.anonymise ? anonymousReading(reading, aliases) : reading,
      },
    ),
  );
}

function mailParts(mails: StateContents['mails'], { options }: PartContext): readonly Part[] {
  if (mails === null) {
    return [leftOut('mails.json', options.withMails ? 'no database' : 'texts of mails were not asked for')];
  }
  const shown = mails.map(({ composedAt, ...mail }) => ({ composedAt: isoJson(composedAt), ...mail }));
  return [jsonPart('mails.json', 'the newest mails, those that wait and those that were sent', shown)];
}
