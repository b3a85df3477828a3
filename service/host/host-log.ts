import { append, type CappedFile } from './capped-file.ts';

/** What happens to the service, a line each. */
export type HostLog = (text: string) => void;

/** A log that cannot be written, on a full disk, must not end the service. */
export function createHostLog(file: CappedFile, now: () => number): HostLog {
  return (text) => {
    try {
      append(file, `${new Date(now()).toISOString()} ${text}\n`);
    } catch {
      // There is nowhere else to say it.
    }
  };
}
