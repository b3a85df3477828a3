import { createHash } from 'node:crypto';
import type { ServiceFacts } from '../../core/doctor/facts.ts';
import { namedByCommandLine } from '../service/sc-output.ts';
import { configOfService, queryService, type ScWorld, WINDOWS_ERROR } from '../service/service-control.ts';
import { endText, stateText } from '../service/state-text.ts';

/** What the doctor knows of the service, and where its logs are. */
export interface FoundService {
  readonly facts: ServiceFacts;
  readonly logDir: string | null;
}

/** Asks sc.exe; `null` when there is no such service. Rejects with why it is not known. */
export async function serviceFacts(name: string, sc: ScWorld): Promise<FoundService | null> {
  const [queried, configured] = await Promise.all([queryService(name, sc), configOfService(name, sc)]);
  if (!queried.ok) {
    if (queried.error.code === WINDOWS_ERROR.noSuchService) return null;
    throw new Error(queried.error.text);
  }
  const { state } = queried.value;
  const config = configured.ok ? configured.value : null;
  const named = config?.commandLine == null ? null : namedByCommandLine(config.commandLine);
  return {
    logDir: named?.logDir ?? null,
    facts: {
      name,
      state,
      stateText: stateText(state),
      endText: endText(queried.value),
      startType: config?.startType ?? null,
      account: config?.account ?? null,
      sid: serviceSid(name),
      config: named?.config ?? null,
      stateDir: named?.stateDir ?? null,
    },
  };
}

/** The SID that Windows makes for `NT SERVICE\NAME`: five numbers from the SHA-1 of its name in capitals. */
export function serviceSid(name: string): string {
  const digest = createHash('sha1').update(Buffer.from(name.toUpperCase(), 'utf16le')).digest();
  return `S-1-5-80-${[0, 4, 8, 12, 16].map((at) => digest.readUInt32LE(at)).join('-')}`;
}
