import { isErrorCode } from '../../core/collect-error.ts';
import { systemErrorText } from '../../core/error-codes/system-error.ts';
import { formatBytes } from '../../core/units.ts';
import { type FoundLogs, logFolder, MOST_LOG_BYTES, newestLogs } from './logs.ts';
import { jsonPart, leftOut, type Part, textPart } from './part.ts';
import type { PartContext } from './parts.ts';

/** The newest logs; without names only how many lines of which kind there are, for a line may name anything. */
export async function logParts({ gathered, options }: PartContext): Promise<readonly Part[]> {
  const { file } = gathered.config.log;
  const folder = logFolder(file, gathered.logDir);
  if (folder === null) return [leftOut('logs', 'the log is not in a file: it goes to standard error')];
  let found: FoundLogs;
  try {
    found = await newestLogs(file, folder);
  } catch (error) {
    return [leftOut('logs', `the folder of the log could not be read: ${systemErrorText(error)}`)];
  }
  if (found.tails.length === 0) return [leftOut('logs', 'there is no log in its folder')];
  if (options.anonymise) {
    return [
      jsonPart(
        'logs.json',
        'how many lines of which level and with which error codes the logs hold',
        summary(found),
      ),
      leftOut('logs', 'their lines may name anything; add those that matter by hand'),
    ];
  }
  const older = found.leftOut;
  return [
    ...found.tails.map(({ name, text, isCut }) =>
      textPart(`logs/${name}`, isCut ? 'the newest lines of a log' : 'a log', text),
    ),
    ...(older.length === 0
      ? []
      : [leftOut(`logs/${older.join(', ')}`, `older than the newest ${formatBytes(MOST_LOG_BYTES)}`)]),
  ];
}

function summary({ tails }: FoundLogs): unknown {
  return tails.map(({ name, text }, index) => {
    const lines = text.split('\n').filter((line) => line !== '');
    return {
      name: OWN_NAME.test(name) ? name : `log-${index + 1}`,
      lines: lines.length,
      levels: counted(lines.flatMap((line) => LEVEL.exec(line)?.slice(1) ?? []).filter((level) => level)),
      codes: counted(
        lines.flatMap((line) => line.match(/\b[A-Z]{2,}(?:_[A-Z]+)*\b/g) ?? []).filter(isErrorCode),
      ),
    };
  });
}

/** As the agent calls its logs; people may have chosen another name. */
const OWN_NAME = /^(agent|agent-output|service-host)(\.\d+)?\.log$/;

const LEVEL = /^(?:\d{4}-\S+ (debug|info|warn|error) |\{"time":"[^"]*","level":"(debug|info|warn|error)")/;

function counted(words: readonly (string | undefined)[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(
    words.flatMap((word) => word ?? []),
    (word) => word,
  );
  return Object.fromEntries([...groups].map(([word, same]) => [word, same.length]));
}
