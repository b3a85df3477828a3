import type { CheckContext } from '../check.ts';
import { type Complaint, caution, quoteValue } from '../problem.ts';

/** There is no TLS and no login, so that the listening address is the only fence. */
export function webStaysOnLoopback({ written }: CheckContext): readonly Complaint[] {
  const { host } = written.web.listen;
  if (host.toLowerCase() === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return [];
  const message = `${quoteValue(host)} can be reached from other machines; there is neither TLS nor a password, so let the firewall admit only who may read it`;
  return [caution(['web', 'listen'], message)];
}
