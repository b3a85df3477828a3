import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  existingRecordings,
  makeRecording,
  recordedScenarios,
  recordingPath,
  toText,
} from './collector/recording.ts';

/**
 * Records anew what the collector script says about each scenario of the stand-in, or about those named:
 * `node test/record.ts [SCENARIO...]`. Needs `pwsh` on PATH. Review the difference before committing it.
 */
const wanted = process.argv.slice(2);
const scenarios = wanted.length > 0 ? wanted : recordedScenarios();
mkdirSync(dirname(recordingPath('any')), { recursive: true });
for (const scenario of scenarios) {
  writeFileSync(recordingPath(scenario), toText(await makeRecording(scenario)));
  process.stdout.write(`${scenario}\n`);
}
for (const stale of existingRecordings().filter((name) => !recordedScenarios().includes(name))) {
  rmSync(recordingPath(stale));
  process.stdout.write(`${stale}: removed, for there is no such scenario\n`);
}
