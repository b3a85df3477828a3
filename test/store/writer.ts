import { writeSync } from 'node:fs';
import { findingKey } from '../../src/core/finding.ts';
import { openStore } from '../../src/store/sqlite.ts';
import { finding, NOW } from '../builders.ts';

/** Saves one cycle after the other, each with its number in every alert and a mail of its own, until it is killed. */
const [dir = '', from = '0'] = process.argv.slice(2);
const opened = openStore({ stateDir: dir, clock: { now: () => NOW, monotonicMs: () => 0 } });
if (!opened.ok) throw new Error(opened.problem.message);

for (let cycle = Number(from) + 1; ; cycle += 1) {
  const alerts = Array.from({ length: 50 }, (_, n) => {
    const about = finding({ vm: `VM${n}` });
    return {
      key: findingKey(about),
      finding: about,
      startedAt: NOW,
      lastSeenAt: NOW,
      absences: cycle,
      absentAt: null,
      endedAt: null,
      milderSince: null,
      told: null,
    };
  });
  const mail = {
    messageId: `<${cycle}@hvmon>`,
    threadId: null,
    composedAt: NOW,
    from: 'a@example.com',
    to: ['b@example.com'],
    subject: 's',
    text: 't',
    html: 'h',
    headers: {},
  };
  opened.store.saveAlerts(alerts, [mail], true, NOW);
  writeSync(1, `${cycle}\n`);
}
