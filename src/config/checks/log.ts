import type { CheckContext } from '../check.ts';
import { type Complaint, fault, quoteValue } from '../problem.ts';
import { resolveBeside } from '../world.ts';

/** A log is appended to and renamed away: whatever the agent reads must not be in its place. */
export function logIsFileOfItsOwn({ written, world, configPath }: CheckContext): readonly Complaint[] {
  const { file } = written.log;
  if (file === null) return [];
  const place = ['log', 'file'];
  if (/[/\\]$/.test(file)) return [fault(place, `${quoteValue(file)} is a folder; give the name of a file`)];
  const beside = (target: string): string => {
    const path = resolveBeside(configPath, world.platform, target);
    return world.platform === 'win32' ? path.replaceAll('/', '\\').toLowerCase() : path;
  };
  const { password_file: password = null, ca_file: ca = null } = written.mail?.smtp ?? {};
  const read = [configPath, password, ca].filter((path) => path !== null).map(beside);
  return read.includes(beside(file))
    ? [fault(place, `${quoteValue(file)} is read by the agent; the log needs a file of its own`)]
    : [];
}
